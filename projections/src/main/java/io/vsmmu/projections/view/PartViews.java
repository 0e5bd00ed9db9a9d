package io.vsmmu.projections.view;

import io.vsmmu.db.log.Micros;
import io.vsmmu.smmu.bits.FieldTable.Field;
import io.vsmmu.smmu.event.UnknownSte;
import io.vsmmu.smmu.model.MemoryState;
import io.vsmmu.smmu.spec.EventRecord;
import io.vsmmu.smmu.spec.EventType;
import io.vsmmu.smmu.spec.IdRegister;
import io.vsmmu.smmu.spec.IdRegisters;
import io.vsmmu.smmu.spec.PageRequest;
import io.vsmmu.smmu.spec.Register;
import io.vsmmu.smmu.spec.VsmmuProperties;
import io.vsmmu.smmu.stimulus.HostDevice;
import io.vsmmu.smmu.stimulus.HostOperation;
import io.vsmmu.smmu.stimulus.RecordedHostCall;
import io.vsmmu.smmu.stimulus.RegisterRead;
import io.vsmmu.smmu.stimulus.SteFetch;
import java.util.LinkedHashMap;
import java.util.Optional;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/**
 * Shows the structures of which events and states consist as ordered trees; see {@link EventView}
 * for their values.
 */
public final class PartViews {

  private PartViews() {}

  static SequencedMap<String, @Nullable Object> ids(IdRegisters ids) {
    TreeBuilder tree = new TreeBuilder();
    for (IdRegister register : IdRegister.values()) {
      tree.hex(register.name(), Integer.toUnsignedLong(ids.word(register)));
    }
    return tree.build();
  }

  static SequencedMap<String, @Nullable Object> properties(VsmmuProperties it) {
    return new TreeBuilder()
        .name("ats", it.ats())
        .name("ril", it.ril())
        .put("oas", autoOr(it.oas()))
        .put("ssidsize", autoOr(it.ssidSize()))
        .name("msi", it.msi())
        .name("cmdqv", it.hardwareQueues())
        .build();
  }

  static SequencedMap<String, @Nullable Object> hostDevice(HostDevice it) {
    return new TreeBuilder()
        .put("address", it.address())
        .put("physicalSmmu", it.physicalSmmu())
        .put("group", it.group())
        .put("atsSupported", it.atsSupported())
        .put("groupMates", it.groupMates())
        .put("ownedByVmm", it.ownedByVmm())
        .put("ids", ids(it.hostIds()))
        .build();
  }

  static SequencedMap<String, @Nullable Object> fetch(SteFetch it) {
    TreeBuilder tree = new TreeBuilder().sid(it.streamId()).name("outcome", it.outcome());
    if (it.outcome() == SteFetch.Outcome.READ) {
      tree.put("ste", SteView.words(it.ste(), it.completeness())).name("known", it.completeness());
    }
    return tree.build();
  }

  static SequencedMap<String, @Nullable Object> operation(HostOperation it) {
    return new TreeBuilder()
        .name("kind", it.kind())
        .handle("handle", it.handle())
        .handle("target", it.target())
        .put("sid", it.streamId() < 0 ? null : Hex.of(it.streamId()))
        .put("firstEntry", it.firstEntry() < 0 ? null : it.firstEntry())
        .put("entries", it.entries())
        .put("kernelId", it.kernelId() == 0 ? null : it.kernelId())
        .put("errno", it.errno())
        .put("failedEntry", it.failedEntry() < 0 ? null : it.failedEntry())
        .put("beganNanos", it.timed() ? it.beganNanos() : null)
        .put("tookNanos", it.timed() ? it.tookNanos() : null)
        .build();
  }

  static SequencedMap<String, @Nullable Object> faultRecord(EventRecord it) {
    SequencedMap<String, Object> fields = new LinkedHashMap<>();
    if (it.type().isPresent()) {
      for (Field field : it.type().get().fields().fields()) {
        fields.put(field.name(), Hex.field(field, it.words()));
      }
    }
    return new TreeBuilder()
        .put("name", it.name())
        .sid(it.sid())
        .put("fields", fields)
        .put("words", Hex.words(it.words()))
        .build();
  }

  static SequencedMap<String, @Nullable Object> pageRequest(PageRequest it) {
    SequencedMap<String, Object> fields = new LinkedHashMap<>();
    for (Field field : PageRequest.TABLE.fields()) {
      fields.put(field.name(), Hex.field(field, it.word0(), it.word1()));
    }
    return new TreeBuilder()
        .sid(it.sid())
        .put("fields", fields)
        .put("words", Hex.words(it.word0(), it.word1()))
        .build();
  }

  static SequencedMap<String, @Nullable Object> memory(MemoryState it) {
    return new TreeBuilder()
        .hex("address", it.address())
        .hex("size", it.size())
        .put("access", access(it.readable(), it.writable()))
        .name("sharing", it.sharing())
        .build();
  }

  /** The permitted accesses: "rw", "r", "w" or "". */
  public static String access(boolean readable, boolean writable) {
    return (readable ? "r" : "") + (writable ? "w" : "");
  }

  static SequencedMap<String, @Nullable Object> read(RegisterRead it) {
    return new TreeBuilder()
        .put(
            "register",
            Register.at(it.offset(), it.width()).map(a -> a.register().name()).orElse(null))
        .put("offset", Hex.of(it.offset()))
        .put("width", it.width())
        .hex("value", it.value())
        .build();
  }

  static SequencedMap<String, @Nullable Object> hostCall(RecordedHostCall it) {
    return new TreeBuilder()
        .put("name", it.name())
        .put("arguments", it.arguments())
        .put("entries", it.entries())
        .put("result", it.result())
        .put("line", it.line())
        .put(
            "time",
            it.timeMicros() == RecordedHostCall.NO_TIME
                ? null
                : Micros.toInstant(it.timeMicros()).toString())
        .build();
  }

  /** Name of the event that a transaction of the stream causes, null for none. */
  public static @Nullable String fault(int code) {
    return code == 0
        ? null
        : EventType.of(code).map(EventType::name).orElseGet(() -> "EVENT_" + Hex.of(code));
  }

  /** Why no word of an STE is known; null if some are. */
  public static @Nullable String steUnknown(Optional<UnknownSte> why) {
    return why.map(UnknownSte::name).orElse(null);
  }

  private static Object autoOr(int value) {
    return value == VsmmuProperties.AUTO ? (Object) "AUTO" : (Object) value;
  }
}
