/** Applies the events of a vSMMU to a host, in order, once, and tells what the host did. */
@NullMarked
package io.vsmmu.host.apply;

import org.jspecify.annotations.NullMarked;
