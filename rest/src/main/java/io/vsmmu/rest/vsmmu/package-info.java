/** vSMMUs and their devices. */
@NullMarked
package io.vsmmu.rest.vsmmu;

import org.jspecify.annotations.NullMarked;
