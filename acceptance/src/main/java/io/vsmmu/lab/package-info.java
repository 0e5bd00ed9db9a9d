/** The programs that the labs run: guests with a real device behind a real SMMU. */
@NullMarked
package io.vsmmu.lab;

import org.jspecify.annotations.NullMarked;
