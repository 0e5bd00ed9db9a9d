package io.vsmmu.debugger.trace;

import java.io.OutputStream;
import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.StreamWriteFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * Writes events of the Trace Event Format (JSON), which ui.perfetto.dev opens, in bounded memory.
 * Callers write the events of a row in the order of their times. Times are in microseconds since
 * 1970-01-01T00:00Z. Not thread-safe. Its methods throw {@link
 * tools.jackson.core.exc.JacksonIOException} if the stream fails.
 */
final class TraceWriter {

  private static final JsonMapper JSON =
      JsonMapper.builder().disable(StreamWriteFeature.AUTO_CLOSE_TARGET).build();

  private static final int NANOS_DECIMALS = 3;

  private final JsonGenerator json;
  private final int process;

  /**
   * Begins a trace.
   *
   * @param out not closed here
   * @param process number of the process to which all rows belong, so that traces of several vSMMUs
   *     can be put together
   */
  TraceWriter(OutputStream out, int process) {
    this.json = JSON.createGenerator(out);
    this.process = process;
    json.writeStartObject();
    json.writeStringProperty("displayTimeUnit", "ns");
    json.writeArrayPropertyStart("traceEvents");
  }

  void processName(String name) {
    metadata("process_name", 0, Map.of("name", name));
  }

  /** Names a row and gives it its place. */
  void row(int row, String name) {
    metadata("thread_name", row, Map.of("name", name));
    metadata("thread_sort_index", row, Map.of("sort_index", row));
  }

  private void metadata(String what, int row, Map<String, ?> arguments) {
    event("M", row, what);
    arguments(arguments);
    json.writeEndObject();
  }

  /** The beginning of a span of a row, which {@link #end} ends before the next one begins. */
  void begin(int row, String name, long time, Map<String, ? extends @Nullable Object> arguments) {
    event("B", row, name);
    json.writeNumberProperty("ts", time);
    arguments(arguments);
    json.writeEndObject();
  }

  /** The end of the span of a row that began last. */
  void end(int row, String name, long time) {
    event("E", row, name);
    json.writeNumberProperty("ts", time);
    json.writeEndObject();
  }

  /**
   * The beginning of an interval that has a row of its own, because others overlap it.
   *
   * @param id distinguishes it from others of its name at the same time
   */
  void beginApart(
      int row, String name, long id, long time, Map<String, ? extends @Nullable Object> arguments) {
    apart("b", row, name, id, time, arguments);
  }

  /** The end of an interval with a row of its own. */
  void endApart(
      int row, String name, long id, long time, Map<String, ? extends @Nullable Object> arguments) {
    apart("e", row, name, id, time, arguments);
  }

  private void apart(
      String phase,
      int row,
      String name,
      long id,
      long time,
      Map<String, ? extends @Nullable Object> arguments) {
    event(phase, row, name);
    json.writeStringProperty("cat", name);
    json.writeNumberProperty("id", id);
    json.writeNumberProperty("ts", time);
    arguments(arguments);
    json.writeEndObject();
  }

  /**
   * A span of a row. Spans of one row do not overlap.
   *
   * @param duration in microseconds, from 1
   */
  void slice(
      int row,
      String name,
      long time,
      long duration,
      Map<String, ? extends @Nullable Object> arguments) {
    event("X", row, name);
    json.writeNumberProperty("ts", time);
    json.writeNumberProperty("dur", duration);
    arguments(arguments);
    json.writeEndObject();
  }

  /**
   * A span of a row whose times were measured. Spans of one row do not overlap.
   *
   * @param began in nanoseconds since 1970
   * @param took in nanoseconds, from 1
   */
  void measured(
      int row,
      String name,
      long began,
      long took,
      Map<String, ? extends @Nullable Object> arguments) {
    event("X", row, name);
    json.writeNumberProperty("ts", micros(began));
    json.writeNumberProperty("dur", micros(took));
    arguments(arguments);
    json.writeEndObject();
  }

  /** Microseconds with three decimal places: the unit of a trace is the microsecond. */
  private static BigDecimal micros(long nanos) {
    return BigDecimal.valueOf(nanos, NANOS_DECIMALS);
  }

  /** A moment of a row. */
  void instant(int row, String name, long time, Map<String, ? extends @Nullable Object> arguments) {
    event("i", row, name);
    json.writeNumberProperty("ts", time);
    json.writeStringProperty("s", "t");
    arguments(arguments);
    json.writeEndObject();
  }

  /**
   * The beginning of an arrow, within the span of the row that is written last: a reader binds an
   * arrow to the span that is open when it comes to the arrow (Perfetto's flow_tracker.cc).
   *
   * @param kind what the arrow means
   * @param id of the arrow among those of its kind
   */
  void flowFrom(int row, String kind, long id, long time) {
    flow("s", row, kind, id);
    json.writeNumberProperty("ts", time);
    json.writeEndObject();
  }

  /** The end of an arrow, within the span of the row that is written last. */
  void flowTo(int row, String kind, long id, long time) {
    flowEnd(row, kind, id);
    json.writeNumberProperty("ts", time);
    json.writeEndObject();
  }

  /**
   * The same at the beginning of a measured span.
   *
   * @param nanos since 1970
   */
  void flowToMeasured(int row, String kind, long id, long nanos) {
    flowEnd(row, kind, id);
    json.writeNumberProperty("ts", micros(nanos));
    json.writeEndObject();
  }

  private void flowEnd(int row, String kind, long id) {
    flow("f", row, kind, id);
    // Without it the arrow would lead to the next span of the row.
    json.writeStringProperty("bp", "e");
  }

  private void flow(String phase, int row, String kind, long id) {
    event(phase, row, kind);
    json.writeStringProperty("cat", kind);
    json.writeNumberProperty("id", id);
  }

  private void event(String phase, int row, String name) {
    json.writeStartObject();
    json.writeStringProperty("ph", phase);
    json.writeStringProperty("name", name);
    json.writeNumberProperty("pid", process);
    json.writeNumberProperty("tid", row);
  }

  private void arguments(Map<String, ? extends @Nullable Object> arguments) {
    Map<String, Object> present = new LinkedHashMap<>();
    arguments.forEach(
        (name, value) -> {
          if (value != null) {
            present.put(name, value);
          }
        });
    if (!present.isEmpty()) {
      json.writePOJOProperty("args", present);
    }
  }

  /** Ends the trace and flushes the stream. */
  void finish() {
    json.writeEndArray();
    json.writeEndObject();
    json.close();
  }
}
