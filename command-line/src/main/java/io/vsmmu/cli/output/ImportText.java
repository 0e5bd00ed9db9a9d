package io.vsmmu.cli.output;

import java.util.Locale;
import java.util.function.LongSupplier;
import tools.jackson.databind.JsonNode;

/** The progress of an import in one line, with the rates since the previous line. */
public final class ImportText {

  private static final double MEGABYTE = 1e6;
  private static final double SECOND = 1e9;

  private final LongSupplier clock;
  private String phase = "";
  private long bytes;
  private long events;
  private long when;

  /**
   * @param clock as {@link System#nanoTime}
   */
  public ImportText(LongSupplier clock) {
    this.clock = clock;
    this.when = clock.getAsLong();
  }

  /** The line for the progress that {@code GET /recordings/{id}} gives. */
  public String of(JsonNode progress) {
    long now = clock.getAsLong();
    String nowPhase = progress.path("phase").asString("");
    long nowBytes = progress.path("bytes").asLong(0);
    long nowEvents = progress.path("events").asLong(0);
    if (!nowPhase.equals(phase)) {
      phase = nowPhase;
      bytes = 0;
      events = 0;
    }
    double seconds = Math.max(now - when, 1) / SECOND;
    double megabytesPerSecond = (nowBytes - bytes) / MEGABYTE / seconds;
    double eventsPerSecond = (nowEvents - events) / seconds;
    bytes = nowBytes;
    events = nowEvents;
    when = now;
    long total = progress.path("ofBytes").asLong(-1);
    String line =
        "%s %s%.1f MB"
            .formatted(
                phase.toLowerCase(Locale.ROOT), percent(nowBytes, total), nowBytes / MEGABYTE);
    line = total < 0 ? line : line + " of %.1f MB".formatted(total / MEGABYTE);
    line += ", %.1f MB/s".formatted(megabytesPerSecond);
    if (nowEvents > 0) {
      line += ", %,d events, %,.0f events/s".formatted(nowEvents, eventsPerSecond);
    }
    return line;
  }

  private static String percent(long bytes, long total) {
    return total <= 0 ? "" : "%d %%, ".formatted(100 * bytes / total);
  }
}
