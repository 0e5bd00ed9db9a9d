/**
 * A host without hardware that enforces the rules of iommufd and of the Arm SMMUv3 driver, with the
 * kernel's errno.
 */
@NullMarked
package io.vsmmu.host.simulated;

import org.jspecify.annotations.NullMarked;
