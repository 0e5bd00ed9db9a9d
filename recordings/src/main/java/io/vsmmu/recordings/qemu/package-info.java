/**
 * Streaming import of the trace logs that QEMU writes with {@code -trace ... -D file}.
 *
 * <p>A line passes through {@code TraceLexer} (bytes to a typed {@code TraceLine}), {@code
 * AccessGrouping} (lines to the {@code TraceItem} of one guest access), {@code AttributionSearch}
 * (which vSMMU an item belongs to), {@code TraceDemultiplexer} (items to the {@code TracedSmmu}
 * that they belong to) and {@code StimulusSequencer} (stimuli to the caller's {@link
 * io.vsmmu.recordings.qemu.RecordingSink}).
 */
@NullMarked
package io.vsmmu.recordings.qemu;

import org.jspecify.annotations.NullMarked;
