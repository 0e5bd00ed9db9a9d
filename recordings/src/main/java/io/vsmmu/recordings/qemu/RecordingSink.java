package io.vsmmu.recordings.qemu;

import io.vsmmu.smmu.stimulus.Stimulus;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Takes what an import finds, in the order of the recording. */
@FunctionalInterface
public interface RecordingSink {

  /**
   * The next stimulus. The first one for a vSMMU is {@link Stimulus.Create}, the last one {@link
   * Stimulus.FinishRecording}. What this throws ends the import and reaches its caller.
   *
   * @param vsmmu 0 for the first vSMMU of the recording, and so on
   * @param line 1-based line that completed the stimulus
   * @param time when the line was printed, of observations and kept text their first line; null if
   *     the recording does not tell. What is found late stands at its own time unless more than
   *     {@link TraceLimits#HELD_STIMULI} stimuli followed by then
   */
  void accept(int vsmmu, Stimulus stimulus, long line, @Nullable Instant time);

  /**
   * The recording is read up to this line, which need not have told anything yet. What this throws
   * ends the import at once.
   *
   * @param line 1-based
   */
  default void reached(long line) {
    // Not everybody wants to know.
  }
}
