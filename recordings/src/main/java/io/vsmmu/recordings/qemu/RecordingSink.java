package io.vsmmu.recordings.qemu;

import io.vsmmu.smmu.stimulus.Stimulus;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Receives the stimuli of an import in the order of the recording, on the thread that calls {@link
 * QemuTraceImporter#read}.
 */
@FunctionalInterface
public interface RecordingSink {

  /**
   * Receives the next stimulus. The first one for a vSMMU is {@link Stimulus.Create}, the last one
   * {@link Stimulus.FinishRecording}. An exception of this method ends the import and is thrown to
   * its caller.
   *
   * @param vsmmu index of the vSMMU in the recording, from 0
   * @param line 1-based number of the line that completed the stimulus
   * @param time when that line was printed, or the first line of observations and kept text; null
   *     if the line has no time. A host call that is attributed late has its own time, unless more
   *     than {@link TraceLimits#HELD_STIMULI} stimuli have followed it
   */
  void accept(int vsmmu, Stimulus stimulus, long line, @Nullable Instant time);

  /**
   * The import has read this line, which need not have given a stimulus. An exception of this
   * method ends the import at once.
   *
   * @param line 1-based
   */
  default void reached(long line) {
    // Only a sink that reports progress needs it.
  }
}
