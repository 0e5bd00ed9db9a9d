package io.vsmmu.debugger.trace;

import io.vsmmu.projections.view.Hex;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The rows of streams: a span for each time during which a stream's transactions met the same. The
 * streams beyond {@link TraceLimits#STREAM_LANES} get moments in a row that they share.
 */
final class StreamRows {

  private final TraceWriter trace;
  private final Map<Integer, Row> rows = new LinkedHashMap<>();

  StreamRows(TraceWriter trace) {
    this.trace = trace;
  }

  /** A stream's row, with the span that has not ended. */
  private static final class Row {
    private final int number;
    private long began;
    private @Nullable String name;

    Row(int number) {
      this.number = number;
    }
  }

  /**
   * Begins a span, and ends the stream's earlier one.
   *
   * @param name what transactions of the stream meet from here on
   * @return where the span begins, not before the end of the earlier one; empty if the stream has
   *     no row of its own
   */
  OptionalLong begin(
      int streamId, String name, long time, Map<String, @Nullable Object> arguments) {
    Row row = rows.get(streamId);
    if (row == null) {
      if (rows.size() >= TraceLimits.STREAM_LANES) {
        trace.instant(Lane.OTHER_STREAMS.number(), Hex.of(streamId) + " " + name, time, arguments);
        return OptionalLong.empty();
      }
      row = new Row(Lane.ofStream(rows.size()));
      rows.put(streamId, row);
      trace.row(row.number, "stream " + Hex.of(streamId));
    }
    end(row, time);
    row.began = Math.max(time, row.began);
    row.name = name;
    trace.begin(row.number, name, row.began, arguments);
    return OptionalLong.of(row.began);
  }

  /** Number of the row of a stream that has one. */
  int row(int streamId) {
    Row row = rows.get(streamId);
    return row == null ? Lane.OTHER_STREAMS.number() : row.number;
  }

  /** Ends all spans. */
  void finish(long time) {
    rows.values().forEach(row -> end(row, time + 1));
  }

  private void end(Row row, long time) {
    String name = row.name;
    if (name == null) {
      return;
    }
    // A span of less than a microsecond would not be seen, and the next one begins behind it.
    long end = Math.max(time, row.began + 1);
    trace.end(row.number, name, end);
    row.began = end;
    row.name = null;
  }
}
