/** The way to the kernel beside C's, measured in one run: calls, and invalidations of an SMMU. */
@NullMarked
package io.vsmmu.bench.host;

import org.jspecify.annotations.NullMarked;
