/**
 * The port to the host's iommufd and vfio. Its operations are those of the kernel, in the kernel's
 * own terms, with the kernel's object ids and error numbers.
 */
@NullMarked
package io.vsmmu.host;

import org.jspecify.annotations.NullMarked;
