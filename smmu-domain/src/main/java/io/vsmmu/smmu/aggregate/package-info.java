/** The Axon aggregate: a thin shell around {@link io.vsmmu.smmu.model}. */
@NullMarked
package io.vsmmu.smmu.aggregate;

import org.jspecify.annotations.NullMarked;
