/**
 * The Arm SMMUv3 architecture (IHI 0070) as types: registers, commands, structures and records,
 * their field tables and codecs; and the properties of a vSMMU with the rules by which a host's
 * SMMU can back them. No state and no decisions about a guest.
 */
@NullMarked
package io.vsmmu.smmu.spec;

import org.jspecify.annotations.NullMarked;
