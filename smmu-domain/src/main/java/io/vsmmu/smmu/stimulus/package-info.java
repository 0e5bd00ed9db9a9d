/**
 * The inputs of {@code decide}: the commands of the Decider pattern, called stimuli because a
 * command here is an entry of the SMMU's command queue.
 */
@NullMarked
package io.vsmmu.smmu.stimulus;

import org.jspecify.annotations.NullMarked;
