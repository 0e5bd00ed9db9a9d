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
 * Times are in microseconds since 1970-01-01T00:00Z. Not thread-safe. Its methods throw {@link
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
    begin("M", row, what);
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
    begin("X", row, name);
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
    begin("X", row, name);
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
    begin("i", row, name);
    json.writeNumberProperty("ts", time);
    json.writeStringProperty("s", "t");
    arguments(arguments);
    json.writeEndObject();
  }

  /**
   * The beginning of an arrow, within the span of the row at that time.
   *
   * @param kind what the arrow means
   * @param id of the arrow among those of its kind
   */
  void flowFrom(int row, String kind, long id, long time) {
    flow("s", row, kind, id, time);
  }

  /** The end of an arrow, within the span of the row at that time. */
  void flowTo(int row, String kind, long id, long time) {
    flow("f", row, kind, id, time);
  }

  private void flow(String phase, int row, String kind, long id, long time) {
    begin(phase, row, kind);
    json.writeStringProperty("cat", kind);
    json.writeNumberProperty("id", id);
    json.writeNumberProperty("ts", time);
    json.writeStringProperty("bp", "e");
    json.writeEndObject();
  }

  private void begin(String phase, int row, String name) {
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
