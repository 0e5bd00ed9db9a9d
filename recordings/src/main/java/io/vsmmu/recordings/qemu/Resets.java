package io.vsmmu.recordings.qemu;

import io.vsmmu.smmu.stimulus.Stimulus;
import java.util.function.Consumer;

/**
 * Resets by the VMM. A machine reset prints one line a vSMMU, all alike: with as many lines in a
 * row as there are vSMMUs, each had its own.
 */
final class Resets {

  private final Tracks tracks;
  private final Tally tally;
  private final VsmmuOutput.Clock clock;
  private final KeptText kept;
  private Consumer<SmmuTrack> settle = track -> {};
  private int run;
  private long runFrom;

  /** Keeps a line's text with the first vSMMU. */
  interface KeptText {
    void keep(long line, String text);
  }

  Resets(Tracks tracks, Tally tally, VsmmuOutput.Clock clock, KeptText kept) {
    this.tracks = tracks;
    this.tally = tally;
    this.clock = clock;
    this.kept = kept;
  }

  /** What to do with an access that is open when the reset comes. */
  void settleWith(Consumer<SmmuTrack> action) {
    settle = action;
  }

  TraceAssembler.Placement line() {
    if (tracks.all().isEmpty()) {
      return TraceAssembler.Placement.KEPT;
    }
    if (run == 0) {
      runFrom = clock.line();
    }
    run++;
    if (run >= tracks.all().size()) {
      tracks.all().forEach(this::reset);
      tally.attributed(run);
      run = 0;
    }
    return TraceAssembler.Placement.HELD;
  }

  /** A line that is no reset ends a run; one with too few lines cannot be attributed. */
  void otherLine() {
    if (run > 0) {
      finish();
    }
  }

  void finish() {
    for (int i = 0; i < run; i++) {
      kept.keep(runFrom + i, "smmu_reset_exit");
    }
    tally.unattributed(run);
    run = 0;
  }

  private void reset(SmmuTrack track) {
    settle.accept(track);
    if (track.written()) {
      track.output().emit(new Stimulus.Reset(Stimulus.ResetSource.VMM));
    }
    track.reset();
  }
}
