/**
 * The Arm SMMUv3 architecture (IHI 0070) as types: registers, commands, structures and records,
 * their field tables and codecs; no state and no decisions.
 */
@NullMarked
package io.vsmmu.smmu.spec;

import org.jspecify.annotations.NullMarked;
