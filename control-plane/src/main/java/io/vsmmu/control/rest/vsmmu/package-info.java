/** vSMMUs and their devices. */
@NullMarked
package io.vsmmu.control.rest.vsmmu;

import org.jspecify.annotations.NullMarked;
