/** Which host could carry which guest: layouts for devices, and what keeps a log from a host. */
@NullMarked
package io.vsmmu.control.placement;

import org.jspecify.annotations.NullMarked;
