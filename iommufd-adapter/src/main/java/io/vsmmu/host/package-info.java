/**
 * The port to the host's iommufd and vfio: only what the kernel can do, in the kernel's own terms,
 * with the kernel's object ids and errno.
 */
@NullMarked
package io.vsmmu.host;

import org.jspecify.annotations.NullMarked;
