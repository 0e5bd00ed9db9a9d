/**
 * A host without hardware that enforces the rules of iommufd and of the Arm SMMUv3 driver, with the
 * kernel's errno.
 *
 * <p>It is the oracle of the tests: commands, STEs and ID registers are decoded here from their
 * bits, without the tables and codecs of {@code smmu-domain}.
 */
@NullMarked
package io.vsmmu.host.simulated;

import org.jspecify.annotations.NullMarked;
