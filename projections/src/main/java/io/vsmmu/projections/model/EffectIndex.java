package io.vsmmu.projections.model;

import io.vsmmu.projections.travel.LogEvent;

/**
 * Writes the table {@code far_effect}, which finds the effects of an event that follow their cause
 * at a distance. The near ones are found by reading the events after the cause.
 */
public final class EffectIndex {

  /** Largest distance, in sequences, of an effect that is not in the table. */
  public static final int NEAR = 64;

  private EffectIndex() {}

  static void write(CopyBuffer rows, LogEvent event) {
    Long cause = event.cause();
    if (cause != null && event.sequence() - cause > NEAR) {
      rows.row(event.vsmmu(), cause, event.sequence());
    }
  }
}
