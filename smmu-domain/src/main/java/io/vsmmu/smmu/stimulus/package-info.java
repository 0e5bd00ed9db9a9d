/**
 * What can happen to a vSMMU: domain commands, called stimuli here because the word command belongs
 * to the entries of the SMMU's command queue.
 */
@NullMarked
package io.vsmmu.smmu.stimulus;

import org.jspecify.annotations.NullMarked;
