package io.vsmmu.rest.debugger;

import io.vsmmu.projections.travel.LogPoint;
import org.jspecify.annotations.Nullable;

/** Points of a log as texts, for problems. */
final class LogPointText {

  private LogPointText() {}

  static String of(@Nullable LogPoint point) {
    return switch (point) {
      case LogPoint.AtPosition at -> String.valueOf(at.position());
      case LogPoint.AtInstant at -> at.instant().toString();
      case LogPoint.Head _ -> "the newest event";
      case null -> "the newest event";
    };
  }
}
