/** REST resources of vSMMUs, their devices and hardware queues. */
@NullMarked
package io.vsmmu.rest.vsmmu;

import org.jspecify.annotations.NullMarked;
