/** What a vSMMU's decisions do to a host, refused operations included. */
@NullMarked
package io.vsmmu.host.apply;

import org.jspecify.annotations.NullMarked;
