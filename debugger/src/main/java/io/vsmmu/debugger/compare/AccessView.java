package io.vsmmu.debugger.compare;

import io.vsmmu.db.log.Micros;
import io.vsmmu.projections.view.CommandView;
import io.vsmmu.projections.view.EventView;
import io.vsmmu.projections.view.Hex;
import io.vsmmu.smmu.event.DeviceAttached;
import io.vsmmu.smmu.event.DeviceDetached;
import io.vsmmu.smmu.event.RegisterWritten;
import io.vsmmu.smmu.event.StreamConfigured;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/**
 * An access as it is shown.
 *
 * @param position of the event that recorded it
 * @param access its name, such as {@code TLBI_NH_VA} or {@code write CR0}
 * @param data its values by name, as {@link EventView} shows them
 */
public record AccessView(
    long position, Instant time, String access, SequencedMap<String, @Nullable Object> data) {

  static AccessView of(Access access) {
    return new AccessView(
        access.position(), Micros.toInstant(access.timeMicros()), access.name(), data(access));
  }

  /** The StreamID of an attachment or a detachment. */
  static String streamId(Access access) {
    return switch (access.event()) {
      case DeviceAttached attached -> Hex.of(attached.streamId());
      case DeviceDetached detached -> Hex.of(detached.streamId());
      default -> "";
    };
  }

  private static SequencedMap<String, @Nullable Object> data(Access access) {
    SequencedMap<String, @Nullable Object> data = new LinkedHashMap<>();
    switch (access.kind()) {
      case COMMAND -> {
        SequencedMap<String, @Nullable Object> shown =
            CommandView.of(access.part(), access.command(), access.known());
        if (shown.get("fields") instanceof Map<?, ?> fields) {
          fields.forEach((name, value) -> data.put(String.valueOf(name), value));
        }
      }
      case WRITE -> {
        RegisterWritten write = (RegisterWritten) access.event();
        data.put("value", Hex.of(write.value()));
        data.put("verdict", write.verdict().name());
      }
      case ATTACH, DETACH -> data.put("StreamID", streamId(access));
      case FAULT ->
          access
              .fault()
              .fields()
              .fields()
              .forEach(field -> data.put(field.name(), Hex.field(field, access.fault().words())));
      case PAGE_REQUEST ->
          access
              .pageRequest()
              .fields()
              .fields()
              .forEach(
                  field -> data.put(field.name(), Hex.field(field, access.pageRequest().words())));
      case RESET -> data.putAll(EventView.brief(access.event()));
      case CREATED, ABORTED_WRITE, HARDWARE_QUEUE -> {}
    }
    for (StreamConfigured stream : access.configured()) {
      data.put("stream " + Hex.of(stream.streamId()), stream.effective().name());
    }
    return data;
  }
}
