/** Bit fields of architectural words: one table instead of scattered shifts and masks. */
@NullMarked
package io.vsmmu.smmu.bits;

import org.jspecify.annotations.NullMarked;
