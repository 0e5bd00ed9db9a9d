/** The host behind the vSMMUs. */
@NullMarked
package io.vsmmu.control.rest.host;

import org.jspecify.annotations.NullMarked;
