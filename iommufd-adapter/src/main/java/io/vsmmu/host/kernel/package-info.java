/**
 * The running kernel's iommufd behind the port: which SMMUs and devices there are (sysfs), the
 * objects (io.vsmmu.host.uapi), what the kernel lacks, and why a device cannot be had.
 */
@NullMarked
package io.vsmmu.host.kernel;

import org.jspecify.annotations.NullMarked;
