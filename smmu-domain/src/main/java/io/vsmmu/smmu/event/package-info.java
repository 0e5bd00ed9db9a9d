/**
 * The events of a vSMMU, from which every state is folded. {@link
 * io.vsmmu.smmu.event.StimulusEvent} and {@link io.vsmmu.smmu.event.Consequence} are their two
 * kinds.
 */
@NullMarked
package io.vsmmu.smmu.event;

import org.jspecify.annotations.NullMarked;
