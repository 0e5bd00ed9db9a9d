package io.vsmmu.recordings.qemu;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Counts the lines and warnings of one import. */
final class ImportStatistics {

  private static final String OTHER_EVENTS = "(other events)";
  private static final String OTHER_WARNINGS = "further kinds of warnings";

  private final Map<String, long[]> kinds = new TreeMap<>();

  /** The counts in {@link #kinds} of the events that were seen. */
  private final long[] @Nullable [] counts = new long[TraceEvent.values().length][];

  private final Map<String, long[]> warnings = new LinkedHashMap<>();
  private long attributed;
  private long unattributed;
  private long unattributedCommands;
  private long kept;
  private long unreadable;

  /** Counts a line of a known event. */
  void kind(TraceEvent event) {
    long[] count = counts[event.ordinal()];
    if (count == null) {
      count = countOf(event.eventName());
      counts[event.ordinal()] = count;
    }
    count[0]++;
  }

  /** Counts a line by the name of its event, or of its kind. */
  void kind(String name) {
    countOf(name)[0]++;
  }

  private long[] countOf(String name) {
    long[] count = kinds.get(name);
    if (count == null) {
      String counted = kinds.size() < TraceLimits.LINE_KINDS ? name : OTHER_EVENTS;
      count = kinds.computeIfAbsent(counted, n -> new long[1]);
    }
    return count;
  }

  void attributed(long lines) {
    attributed += lines;
  }

  void unattributed(long lines) {
    unattributed += lines;
  }

  void unattributedCommands(long commands) {
    unattributedCommands += commands;
  }

  long unattributed() {
    return unattributed;
  }

  long unattributedCommands() {
    return unattributedCommands;
  }

  /** Counts a line of a known event that lacks fields or has malformed ones. */
  void cannotRead() {
    unreadable++;
  }

  long unreadable() {
    return unreadable;
  }

  /** A number and a noun, in the plural unless the number is 1. */
  static String count(long number, String noun) {
    return "%d %s%s".formatted(number, noun, number == 1 ? "" : "s");
  }

  void kept(long lines) {
    kept += lines;
  }

  void warn(String text, long line) {
    String counted =
        warnings.containsKey(text) || warnings.size() < TraceLimits.WARNINGS
            ? text
            : OTHER_WARNINGS;
    warnings.computeIfAbsent(counted, t -> new long[] {0, line})[0]++;
  }

  ImportReport report(
      LineSource source,
      long lines,
      long overlong,
      boolean cut,
      List<ImportReport.VsmmuStatistics> vsmmus) {
    Map<String, Long> byKind = new TreeMap<>();
    kinds.forEach((name, count) -> byKind.put(name, count[0]));
    return new ImportReport(
        lines,
        source.bytes(),
        attributed,
        unattributed,
        unattributedCommands,
        kept,
        overlong,
        cut,
        byKind,
        warnings.entrySet().stream()
            .map(w -> new ImportReport.Warning(w.getKey(), w.getValue()[0], w.getValue()[1]))
            .toList(),
        vsmmus);
  }
}
