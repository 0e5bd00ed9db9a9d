package io.vsmmu.projections.model;

import io.vsmmu.projections.travel.LogEvent;

/** The index of effects that lie far behind their cause. */
public final class EffectIndex {

  /** Effects at most this many sequences behind their cause are found by reading on from it. */
  public static final int NEAR = 64;

  private EffectIndex() {}

  static void write(CopyBuffer rows, LogEvent event) {
    Long cause = event.cause();
    if (cause != null && event.sequence() - cause > NEAR) {
      rows.row(event.vsmmu(), cause, event.sequence());
    }
  }
}
