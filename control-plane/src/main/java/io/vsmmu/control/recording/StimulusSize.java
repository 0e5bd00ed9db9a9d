package io.vsmmu.control.recording;

import io.vsmmu.smmu.stimulus.Stimulus;

/** Estimates the memory that a stimulus of a recording occupies. */
final class StimulusSize {

  private static final int STIMULUS_BYTES = 128;

  /** A command entry and the mask of its known bits. */
  private static final int COMMAND_BYTES = 96;

  /** An STE that was read, of 64 bytes, with its mask. */
  private static final int FETCH_BYTES = 256;

  private static final int READ_BYTES = 32;

  /** A host call with its arguments. */
  private static final int CALL_BYTES = 512;

  private StimulusSize() {}

  /** Bytes of memory, roughly. */
  static long of(Stimulus stimulus) {
    return STIMULUS_BYTES
        + switch (stimulus) {
          case Stimulus.ConsumeCommands slice ->
              (long) COMMAND_BYTES * slice.entries().size()
                  + (long) FETCH_BYTES * slice.fetches().size();
          case Stimulus.ObserveReads observed -> (long) READ_BYTES * observed.reads().size();
          case Stimulus.ObserveHostCalls observed -> (long) CALL_BYTES * observed.calls().size();
          case Stimulus.KeepLines kept -> kept.lines().stream().mapToLong(String::length).sum();
          default -> 0;
        };
  }
}
