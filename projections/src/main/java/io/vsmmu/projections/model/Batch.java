package io.vsmmu.projections.model;

import io.vsmmu.projections.travel.LogEvent;
import io.vsmmu.smmu.event.DeviceAttached;
import io.vsmmu.smmu.event.DeviceDetached;
import io.vsmmu.smmu.event.StreamConfigured;
import io.vsmmu.smmu.model.VsmmuState;
import java.sql.Connection;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** The rows that a run of events adds to the read models. */
final class Batch {

  private final CopyBuffer history =
      new CopyBuffer(
          "stream_history", "vsmmu, sid, position, sequence, time_us, cause, type, payload");
  private final CopyBuffer touches =
      new CopyBuffer(
          "touch",
          "vsmmu, position, first_entry, entries, source, opcode, sid, asid, va_first, va_last");
  private final CopyBuffer keys = new CopyBuffer("event_key", "vsmmu, kind, key, position");
  private final CopyBuffer effects = new CopyBuffer("far_effect", "vsmmu, cause, sequence");
  private final CopyBuffer failures =
      new CopyBuffer("failure", "vsmmu, position, ordinal, kind, code, sid, health, detail");
  private final ObjectLifetimes objects = new ObjectLifetimes();
  private final FailureRows failureRows = new FailureRows(failures);

  /** Adds what follows from an event between two states. */
  void add(LogEvent event, VsmmuState before, VsmmuState after) {
    history(event);
    touches(event);
    EventKeys.write(keys, event);
    EffectIndex.write(effects, event);
    failureRows.observe(event, after);
    objects.observe(event, before, after);
  }

  /** Characters waiting. */
  long size() {
    return (long) history.size() + touches.size() + keys.size() + effects.size() + failures.size();
  }

  void write(Connection connection) throws SQLException {
    history.write(connection);
    touches.write(connection);
    keys.write(connection);
    effects.write(connection);
    failures.write(connection);
    objects.write(connection);
  }

  private void history(LogEvent event) {
    @Nullable Integer sid =
        switch (event.event()) {
          case StreamConfigured it -> it.streamId();
          case DeviceAttached it -> it.streamId();
          case DeviceDetached it -> it.streamId();
          default -> null;
        };
    if (sid != null) {
      history.row(
          event.vsmmu(),
          sid,
          event.position(),
          event.sequence(),
          event.stored().timeMicros(),
          event.cause(),
          event.typeNumber(),
          event.stored().payload());
    }
  }

  private void touches(LogEvent event) {
    for (Touch touch : Touch.runs(event.event())) {
      Reach reach = touch.reach();
      boolean everywhere = reach.addresses().first() == 0 && reach.addresses().last() == -1L;
      touches.row(
          event.vsmmu(),
          event.position(),
          touch.firstEntry(),
          touch.entries(),
          touch.source().number(),
          touch.opcode() < 0 ? null : touch.opcode(),
          reach.onlySid(),
          reach.asid(),
          everywhere ? null : Tables.ordered(reach.addresses().first()),
          everywhere ? null : Tables.ordered(reach.addresses().last()));
    }
  }
}
