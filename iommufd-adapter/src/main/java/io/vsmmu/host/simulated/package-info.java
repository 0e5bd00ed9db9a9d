/**
 * A host without hardware that enforces the rules of iommufd and of the Arm SMMUv3 driver, with the
 * kernel's errno.
 *
 * <p>It is the oracle by which the tests judge the rest: commands, STEs and ID registers are read
 * from their bits here, without the project's own tables and codecs.
 */
@NullMarked
package io.vsmmu.host.simulated;

import org.jspecify.annotations.NullMarked;
