/** Compares system calls, and invalidations of an SMMU, from Java with those from C in one run. */
@NullMarked
package io.vsmmu.bench.host;

import org.jspecify.annotations.NullMarked;
