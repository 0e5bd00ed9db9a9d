/** A guest with a real device behind a real SMMU: for the host lab, where it is a program. */
@NullMarked
package io.vsmmu.lab;

import org.jspecify.annotations.NullMarked;
