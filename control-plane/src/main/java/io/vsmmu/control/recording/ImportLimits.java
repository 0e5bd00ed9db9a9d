package io.vsmmu.control.recording;

/** The limits of imports. */
public final class ImportLimits {

  /** Recordings that are imported at the same time; further ones wait. */
  public static final int RECORDINGS = 2;

  /** Stimuli that are handed at once to the thread that decides them. */
  public static final int BATCH_STIMULI = 64;

  /**
   * Bytes of stimuli, as {@link StimulusSize} estimates them, with which a batch is handed on even
   * if it has fewer stimuli.
   */
  public static final int BATCH_BYTES = 1 << 20;

  /** Batches that wait for that thread; at this number reading the recording waits. */
  public static final int WAITING_BATCHES = 4;

  private ImportLimits() {}
}
