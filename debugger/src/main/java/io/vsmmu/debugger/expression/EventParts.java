package io.vsmmu.debugger.expression;

import io.vsmmu.debugger.expression.Member.Form;
import io.vsmmu.projections.view.CommandView;
import io.vsmmu.projections.view.Hex;
import io.vsmmu.smmu.bits.FieldTable.Field;
import io.vsmmu.smmu.event.CommandsConsumed;
import io.vsmmu.smmu.event.RegisterWritten;
import io.vsmmu.smmu.model.CommandCounts;
import io.vsmmu.smmu.spec.CommandEntry;
import io.vsmmu.smmu.spec.CommandOpcode;
import io.vsmmu.smmu.spec.EventRecord;
import io.vsmmu.smmu.spec.EventType;
import io.vsmmu.smmu.spec.IdRegister;
import io.vsmmu.smmu.spec.IdRegisters;
import io.vsmmu.smmu.spec.MemoryStructure;
import io.vsmmu.smmu.spec.PageRequest;
import io.vsmmu.smmu.spec.Register;
import io.vsmmu.smmu.stimulus.HostDevice;
import io.vsmmu.smmu.stimulus.HostOperation;
import io.vsmmu.smmu.stimulus.RecordedHostCall;
import io.vsmmu.smmu.stimulus.RegisterRead;
import io.vsmmu.smmu.stimulus.SteFetch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The names of the structures of which events consist. */
final class EventParts {

  /** A command of a slice, with its index and what is known of it. */
  record SliceCommand(int index, CommandEntry entry, CommandEntry known, boolean forwarded) {

    /** The commands of a slice, in order. */
    static List<SliceCommand> of(CommandsConsumed slice) {
      BitSet forwarded = slice.forwarded();
      List<SliceCommand> commands = new ArrayList<>(slice.entries().size());
      for (int i = 0; i < slice.entries().size(); i++) {
        commands.add(
            new SliceCommand(
                i,
                slice.entries().get(i),
                CommandView.knownBits(slice.known(), i),
                forwarded.get(i)));
      }
      return commands;
    }

    String name() {
      return CommandView.opcodeKnown(known) ? entry.name() : CommandCounts.NOT_TOLD_NAME;
    }

    /** The value of a field; null if the command has no such field or it is unknown. */
    @Nullable Long field(String name) {
      if (!CommandView.opcodeKnown(known)) {
        return null;
      }
      Field field = COMMAND_FIELDS.getOrDefault(entry.opcode(), Map.of()).get(name);
      if (field == null) {
        return null;
      }
      long mask = field.bits().mask();
      long knownBits = field.word() == 0 ? known.word0() : known.word1();
      return (knownBits & mask) == mask
          ? (Long) Hex.number(field, entry.word0(), entry.word1())
          : null;
    }
  }

  /**
   * A record of the event queue, or a page request.
   *
   * @param name null for a page request
   */
  record QueueRecord(@Nullable String name, int sid, MemoryStructure record) {

    static QueueRecord of(EventRecord it) {
      return new QueueRecord(it.name(), it.sid(), it);
    }

    static QueueRecord of(PageRequest it) {
      return new QueueRecord(null, it.sid(), it);
    }

    @Nullable Long field(String name) {
      return record
          .fields()
          .field(name)
          .map(field -> Hex.number(field, record.words()))
          .orElse(null);
    }
  }

  /** The fields of each command by its opcode. */
  private static final Map<Integer, Map<String, Field>> COMMAND_FIELDS = commandFields();

  /** The names of ID registers, whose owner is {@link IdRegisters}. */
  static final Shape IDS = ids();

  /** The names of an STE that was read, whose owner is a {@link SteFetch}. */
  static final Shape READING = reading();

  /** The names of a host device, whose owner is a {@link HostDevice}. */
  static final Shape HOST_DEVICE = hostDevice();

  /** The names of an operation on the host, whose owner is a {@link HostOperation}. */
  static final Shape OPERATION = operation();

  /** The names of a register's change, whose owner is a {@link RegisterWritten.Change}. */
  static final Shape CHANGE =
      new Shape.Builder<RegisterWritten.Change>()
          .text("register", "name", Shape.constants(Register.class), (_, c) -> c.register().name())
          .hex("value", "from here on", (_, c) -> c.value())
          .build();

  /** The names of a command, whose owner is a {@link SliceCommand}. */
  static final Shape COMMAND = command();

  /** The names of a record, whose owner is a {@link QueueRecord}. */
  static final Shape RECORD = queueRecord();

  /** The names of a register read, whose owner is a {@link RegisterRead}. */
  static final Shape READ =
      new Shape.Builder<RegisterRead>()
          .text("register", "name", (_, r) -> register(r.offset(), r.width()))
          .hex("offset", "bytes", (_, r) -> Integer.toUnsignedLong(r.offset()))
          .decimal("width", "bytes", (_, r) -> (long) r.width())
          .hex("value", "as the recorded VMM answered", (_, r) -> r.value())
          .build();

  /** The names of a recorded call, whose owner is a {@link RecordedHostCall}. */
  static final Shape CALL =
      new Shape.Builder<RecordedHostCall>()
          .text("name", "the trace event's", (_, c) -> c.name())
          .text("arguments", "the rest of the line", (_, c) -> c.arguments())
          .decimal("entries", "commands in the call", (_, c) -> (long) c.entries())
          .decimal("result", "0, or a negative result mod 2^64", (_, c) -> (long) c.result())
          .decimal("line", "of the trace, from 1", (_, c) -> c.line())
          .instant(
              "time",
              "when the call had returned; null in a trace without times",
              (_, c) -> c.timeMicros() == RecordedHostCall.NO_TIME ? null : (Long) c.timeMicros())
          .build();

  private EventParts() {}

  /** Name of the register that an access reaches; null for none. */
  static @Nullable String register(int offset, int width) {
    return Register.at(offset, width).map(access -> access.register().name()).orElse(null);
  }

  private static Shape ids() {
    Shape.Builder<IdRegisters> ids = new Shape.Builder<>();
    for (IdRegister register : IdRegister.values()) {
      ids.word(
          register.name(),
          "ID register",
          Shape.bits(register.fields()),
          (_, it) -> Integer.toUnsignedLong(it.word(register)));
    }
    return ids.build();
  }

  private static Shape reading() {
    Shape.Builder<SteFetch> names =
        new Shape.Builder<SteFetch>()
            .hex("sid", "StreamID", (_, f) -> Integer.toUnsignedLong(f.streamId()))
            .text(
                "outcome",
                "whether the STE could be read",
                Shape.constants(SteFetch.Outcome.class),
                (_, f) -> f.outcome().name());
    StreamNames.addSte(
        names,
        f ->
            f.outcome() == SteFetch.Outcome.READ
                ? new StreamNames.KnownSte(f.ste(), f.completeness(), Optional.empty())
                : null);
    return names.build();
  }

  private static Shape hostDevice() {
    return new Shape.Builder<HostDevice>()
        .text("address", "PCI address", (_, d) -> d.address())
        .text("physicalSmmu", "name of the host's SMMU", (_, d) -> d.physicalSmmu())
        .decimal("group", "number of its iommu group", (_, d) -> (long) d.group())
        .truth("atsSupported", "whether the host lets it use ATS", (_, d) -> d.atsSupported())
        .texts(
            "groupMates", "PCI addresses of the group's others", Set.of(), (_, d) -> d.groupMates())
        .truth("ownedByVmm", "whether the VMM binds it", (_, d) -> d.ownedByVmm())
        .part("ids", "ID registers of the host's SMMU", IDS, (_, d) -> d.hostIds())
        .build();
  }

  private static Shape operation() {
    return new Shape.Builder<HostOperation>()
        .text(
            "kind",
            "which ioctl",
            Shape.constants(HostOperation.Kind.class),
            (_, o) -> o.kind().name())
        .decimal("handle", "of the object; null for none", (_, o) -> StreamNames.handle(o.handle()))
        .decimal(
            "target",
            "handle it was made from or moved to",
            (_, o) -> StreamNames.handle(o.target()))
        .hex("sid", "StreamID; null for none", (_, o) -> atLeastZero(o.streamId()))
        .decimal(
            "firstEntry", "index of a batch's first entry", (_, o) -> atLeastZero(o.firstEntry()))
        .decimal("entries", "commands in the batch", (_, o) -> (long) o.entries())
        .decimal(
            "kernelId",
            "the kernel's id; null for none",
            (_, o) -> o.kernelId() == 0 ? null : (Long) (long) o.kernelId())
        .decimal("errno", "0 for success", (_, o) -> (long) o.errno())
        .decimal(
            "failedEntry", "index of the entry that failed", (_, o) -> atLeastZero(o.failedEntry()))
        .decimal(
            "beganNanos",
            "when the call began, in nanoseconds since `event.began`; null where not measured",
            (_, o) -> o.timed() ? (Long) o.beganNanos() : null)
        .decimal(
            "tookNanos",
            "how long the host took, in nanoseconds; null where not measured",
            (_, o) -> o.timed() ? (Long) o.tookNanos() : null)
        .build();
  }

  /** A number that is absent if it is negative. */
  static @Nullable Long atLeastZero(int number) {
    return number < 0 ? null : (Long) (long) number;
  }

  private static Map<Integer, Map<String, Field>> commandFields() {
    Map<Integer, Map<String, Field>> byOpcode = new LinkedHashMap<>();
    for (CommandOpcode opcode : CommandOpcode.values()) {
      Map<String, Field> fields = new LinkedHashMap<>();
      opcode.fields().fields().forEach(field -> fields.put(field.name(), field));
      byOpcode.put(opcode.code(), fields);
    }
    return byOpcode;
  }

  private static Shape command() {
    Map<String, Field> all = new LinkedHashMap<>();
    COMMAND_FIELDS.values().forEach(fields -> fields.forEach(all::putIfAbsent));
    Shape.Builder<SliceCommand> fields = new Shape.Builder<>();
    all.forEach((name, field) -> fields.field(field, (_, c) -> c.field(name)));
    return new Shape.Builder<SliceCommand>()
        .decimal("index", "within the slice", (_, c) -> (long) c.index())
        .text("name", "as in CFGI_STE, or CMD_SYNC", CommandCounts.names(), (_, c) -> c.name())
        .part("fields", "null where it has none or is unknown", fields.build(), (_, c) -> c)
        .numbers(
            "words",
            "the entry's two words",
            Form.HEXADECIMAL,
            (_, c) -> List.of(c.entry().word0(), c.entry().word1()))
        .truth("forwarded", "whether the host executes it", (_, c) -> c.forwarded())
        .build();
  }

  private static Shape queueRecord() {
    Map<String, Field> all = new LinkedHashMap<>();
    for (EventType type : EventType.values()) {
      type.fields().fields().forEach(field -> all.putIfAbsent(field.name(), field));
    }
    PageRequest.TABLE.fields().forEach(field -> all.putIfAbsent(field.name(), field));
    Shape.Builder<QueueRecord> fields = new Shape.Builder<>();
    all.forEach((name, field) -> fields.field(field, (_, r) -> r.field(name)));
    return new Shape.Builder<QueueRecord>()
        .text("name", "as in F_TRANSLATION; null for a page request", (_, r) -> r.name())
        .hex("sid", "StreamID", (_, r) -> Integer.toUnsignedLong(r.sid()))
        .part("fields", "null where it has none", fields.build(), (_, r) -> r)
        .numbers(
            "words",
            "its words",
            Form.HEXADECIMAL,
            (_, r) -> Arrays.stream(r.record().words()).boxed().toList())
        .build();
  }
}
