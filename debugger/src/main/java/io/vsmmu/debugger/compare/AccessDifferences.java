package io.vsmmu.debugger.compare;

import io.vsmmu.debugger.compare.Difference.Aspect;
import io.vsmmu.debugger.compare.IdPairs.Space;
import io.vsmmu.projections.view.Hex;
import io.vsmmu.projections.view.PartViews;
import io.vsmmu.projections.view.SteView;
import io.vsmmu.smmu.bits.FieldTable;
import io.vsmmu.smmu.bits.FieldTable.Field;
import io.vsmmu.smmu.event.CommandQueueFailed;
import io.vsmmu.smmu.event.DeviceAttached;
import io.vsmmu.smmu.event.HardwareQueueAllocated;
import io.vsmmu.smmu.event.RegisterWritten;
import io.vsmmu.smmu.event.StreamConfigured;
import io.vsmmu.smmu.event.VsmmuCreated;
import io.vsmmu.smmu.spec.CommandEntry;
import io.vsmmu.smmu.spec.IdRegister;
import io.vsmmu.smmu.spec.IdRegisters;
import io.vsmmu.smmu.spec.PageRequest;
import io.vsmmu.smmu.spec.Register;
import io.vsmmu.smmu.spec.RegisterAccess;
import io.vsmmu.smmu.spec.VsmmuProperties;
import io.vsmmu.smmu.stimulus.HostErrno;
import io.vsmmu.smmu.stimulus.HostOperation;
import io.vsmmu.smmu.stimulus.RecordedHostCall;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/**
 * Finds what two accesses with the same part in two logs differ in, and makes their ids pairs. Not
 * thread-safe.
 */
final class AccessDifferences {

  private static final String NOT_ASKED = "not asked";
  private static final String NO_FAILURE = "no failure";
  private static final String DONE = "done";

  private final AccessKeys keys;
  private final List<Difference> found = new ArrayList<>();

  AccessDifferences(AccessKeys keys) {
    this.keys = keys;
  }

  /** The differences, in the order of their aspects; empty if there is none. */
  List<Difference> between(Access a, Access b) {
    boolean same = keys.same(a, b);
    if (same
        && comparedByHash(a.kind())
        && a.plain()
        && b.plain()
        && a.invalidated() == b.invalidated()) {
      pairIds(a, b);
      return List.of();
    }
    found.clear();
    values(a, b);
    pairIds(a, b);
    error(a.error(), b.error());
    reads(a.reads(), b.reads());
    streams(a.configured(), b.configured());
    hostAnswers(a, b);
    // A host that refuses the same call several times is one difference.
    return found.stream().distinct().toList();
  }

  /** Whether the hashes of an access cover all of its values. */
  private static boolean comparedByHash(Access.Kind kind) {
    return switch (kind) {
      case COMMAND, FAULT, PAGE_REQUEST, ABORTED_WRITE, DETACH -> true;
      case CREATED, RESET, ATTACH, WRITE, HARDWARE_QUEUE -> false;
    };
  }

  private void pairIds(Access a, Access b) {
    keys.ids().pair(a.first(), b.first());
    keys.ids().pair(a.second(), b.second());
  }

  private void differ(Aspect aspect, String field, @Nullable Object a, @Nullable Object b) {
    if (!Objects.equals(a, b)) {
      found.add(new Difference(aspect, field, a, b));
    }
  }

  // --- values ------------------------------------------------------------------------------------

  private void values(Access a, Access b) {
    switch (a.kind()) {
      case CREATED -> {
        VsmmuCreated ofA = (VsmmuCreated) a.event();
        VsmmuCreated ofB = (VsmmuCreated) b.event();
        properties(ofA.properties(), ofB.properties());
        ids(ofA.ids(), ofB.ids());
      }
      case ATTACH -> attachments((DeviceAttached) a.event(), (DeviceAttached) b.event());
      case WRITE -> writes((RegisterWritten) a.event(), (RegisterWritten) b.event());
      case COMMAND -> commands(a, b);
      case FAULT -> fields(a.fault().fields(), a.fault().words(), b.fault().words());
      case PAGE_REQUEST ->
          fields(PageRequest.TABLE, a.pageRequest().words(), b.pageRequest().words());
      case DETACH -> streamIds(a, b);
      case HARDWARE_QUEUE -> {
        if (a.event() instanceof HardwareQueueAllocated ofA
            && b.event() instanceof HardwareQueueAllocated ofB) {
          differ(Aspect.VALUE, "size", ofA.size(), ofB.size());
        } else {
          differ(
              Aspect.VALUE,
              "event",
              a.event().getClass().getSimpleName(),
              b.event().getClass().getSimpleName());
        }
      }
      case RESET, ABORTED_WRITE -> {}
    }
  }

  private void properties(VsmmuProperties a, VsmmuProperties b) {
    differ(Aspect.VALUE, "properties.ats", a.ats().name(), b.ats().name());
    differ(Aspect.VALUE, "properties.ril", a.ril().name(), b.ril().name());
    differ(Aspect.VALUE, "properties.oas", size(a.oas()), size(b.oas()));
    differ(Aspect.VALUE, "properties.ssidsize", size(a.ssidSize()), size(b.ssidSize()));
    differ(Aspect.VALUE, "properties.msi", a.msi().name(), b.msi().name());
    differ(Aspect.VALUE, "properties.cmdqv", a.hardwareQueues().name(), b.hardwareQueues().name());
  }

  private static String size(int bits) {
    return bits == VsmmuProperties.AUTO ? "AUTO" : String.valueOf(bits);
  }

  private void ids(IdRegisters a, IdRegisters b) {
    for (IdRegister register : IdRegister.values()) {
      differ(Aspect.VALUE, register.name(), Hex.of(a.word(register)), Hex.of(b.word(register)));
    }
  }

  private void attachments(DeviceAttached a, DeviceAttached b) {
    streamId(a.streamId(), b.streamId());
    differ(Aspect.VALUE, "atsSupported", a.device().atsSupported(), b.device().atsSupported());
    differ(Aspect.VALUE, "atsEnabled", a.atsEnabled(), b.atsEnabled());
    ids(a.resolved(), b.resolved());
  }

  private void streamIds(Access a, Access b) {
    if (!keys.same(a, b)) {
      differ(Aspect.VALUE, "StreamID", AccessView.streamId(a), AccessView.streamId(b));
    }
  }

  private void streamId(int a, int b) {
    boolean agree =
        keys.normalised()
            ? keys.ids().agree(IdPairs.of(Space.STREAM, a), IdPairs.of(Space.STREAM, b))
            : a == b;
    if (!agree) {
      differ(Aspect.VALUE, "StreamID", Hex.of(a), Hex.of(b));
    }
  }

  private void writes(RegisterWritten a, RegisterWritten b) {
    differ(Aspect.VALUE, "verdict", a.verdict().name(), b.verdict().name());
    Optional<RegisterAccess> at = Register.at(a.offset(), a.width());
    if (at.isEmpty()) {
      differ(Aspect.VALUE, "value", Hex.of(a.value()), Hex.of(b.value()));
      return;
    }
    registers(
        Aspect.VALUE,
        "",
        at.get().register(),
        at.get().mask(),
        at.get().merge(0, a.value()),
        at.get().merge(0, b.value()));
  }

  /** The fields of a register that differ, as far as an access covers them. */
  private void registers(
      Aspect aspect, String prefix, Register register, long covered, long a, long b) {
    long compared = keys.compared(register) & covered;
    if ((a & compared) == (b & compared)) {
      return;
    }
    for (Field field : register.fields().fields()) {
      long mask = field.bits().mask() & compared;
      if ((a & mask) != (b & mask)) {
        differ(aspect, prefix + field.name(), Hex.field(field, a), Hex.field(field, b));
      }
    }
  }

  private void commands(Access a, Access b) {
    CommandEntry ofA = a.command();
    CommandEntry ofB = b.command();
    CommandEntry knownOfA = a.known();
    CommandEntry knownOfB = b.known();
    if (!KnownBits.opcodeKnown(knownOfA) || !KnownBits.opcodeKnown(knownOfB)) {
      return;
    }
    if (ofA.command().isEmpty()) {
      differ(
          Aspect.VALUE,
          "words",
          Hex.words(ofA.words()).toString(),
          Hex.words(ofB.words()).toString());
      return;
    }
    long[] known = {knownOfA.word0() & knownOfB.word0(), knownOfA.word1() & knownOfB.word1()};
    for (Field field : ofA.fields().fields()) {
      if ((known[field.word()] & field.bits().mask()) == field.bits().mask()) {
        field(field, ofA.words(), ofB.words());
      }
    }
  }

  private void fields(FieldTable table, long[] ofA, long[] ofB) {
    table.fields().forEach(field -> field(field, ofA, ofB));
  }

  private void field(Field field, long[] ofA, long[] ofB) {
    if (field.get(ofA) == field.get(ofB)) {
      if (!keys.normalised()) {
        return;
      }
    } else if (keys.comparedByValue(field)) {
      differ(Aspect.VALUE, field.name(), Hex.field(field, ofA), Hex.field(field, ofB));
      return;
    }
    Optional<Space> space = keys.space(field);
    if (space.isPresent()
        && !keys.ids()
            .agree(
                IdPairs.of(space.get(), field.get(ofA)), IdPairs.of(space.get(), field.get(ofB)))) {
      differ(
          Aspect.VALUE,
          field.name(),
          Hex.field(field, ofA),
          "%s, which is not the counterpart".formatted(Hex.field(field, ofB)));
    }
  }

  // --- what followed -----------------------------------------------------------------------------

  private void error(@Nullable CommandQueueFailed a, @Nullable CommandQueueFailed b) {
    differ(
        Aspect.VALUE,
        "CMDQ_CONS.ERR",
        a == null ? null : a.error().name(),
        b == null ? null : b.error().name());
  }

  /** Registers that only one of the two read are no difference: guests poll. */
  private void reads(Map<Register, Long> a, Map<Register, Long> b) {
    a.forEach(
        (register, value) -> {
          Long other = b.get(register);
          if (other != null) {
            registers(Aspect.READ, register.name() + ".", register, -1L, value, other);
          }
        });
  }

  private void streams(List<StreamConfigured> a, List<StreamConfigured> b) {
    List<StreamConfigured> left = new ArrayList<>(b);
    for (StreamConfigured ofA : a) {
      Optional<StreamConfigured> counterpart =
          left.stream().filter(ofB -> counterparts(ofA.streamId(), ofB.streamId())).findFirst();
      if (counterpart.isPresent()) {
        left.remove(counterpart.get());
        stream(ofA, counterpart.get());
      } else {
        differ(Aspect.STREAM, "stream", text(ofA), null);
      }
    }
    left.forEach(ofB -> differ(Aspect.STREAM, "stream", null, text(ofB)));
  }

  private boolean counterparts(int a, int b) {
    if (!keys.normalised()) {
      return a == b;
    }
    long ofA = IdPairs.of(Space.STREAM, a);
    long ofB = IdPairs.of(Space.STREAM, b);
    boolean agree = keys.ids().agree(ofA, ofB);
    if (agree) {
      keys.ids().pair(ofA, ofB);
    }
    return agree;
  }

  private static String text(StreamConfigured stream) {
    return "0x%x %s".formatted(stream.streamId(), stream.effective());
  }

  private void stream(StreamConfigured a, StreamConfigured b) {
    differ(Aspect.STREAM, "configuration", a.configuration().name(), b.configuration().name());
    differ(Aspect.STREAM, "effective", a.effective().name(), b.effective().name());
    differ(
        Aspect.STREAM,
        "fault",
        PartViews.fault(a.faultFromHereOn()),
        PartViews.fault(b.faultFromHereOn()));
    differ(
        Aspect.STREAM,
        "steUnknown",
        PartViews.steUnknown(a.unknownSte()),
        PartViews.steUnknown(b.unknownSte()));
    for (SequencedMap<String, @Nullable Object> change :
        SteView.changes(a.ste(), a.completeness(), b.ste(), b.completeness())) {
      String field = String.valueOf(change.get("field"));
      if (!keys.normalised() || FieldClass.of(field) == FieldClass.VALUE) {
        differ(Aspect.STREAM, "decoded." + field, change.get("before"), change.get("after"));
      }
    }
  }

  private void hostAnswers(Access a, Access b) {
    differ(
        Aspect.HOST_ANSWER,
        HostOperation.Kind.INVALIDATE.name(),
        invalidation(a.invalidated()),
        invalidation(b.invalidated()));
    Map<HostOperation.Kind, List<String>> ofA = answers(a.operations());
    Map<HostOperation.Kind, List<String>> ofB = answers(b.operations());
    for (HostOperation.Kind kind : HostOperation.Kind.values()) {
      List<String> left = ofA.getOrDefault(kind, List.of());
      List<String> right = ofB.getOrDefault(kind, List.of());
      for (int i = 0; i < Math.max(left.size(), right.size()); i++) {
        differ(
            Aspect.HOST_ANSWER,
            kind.name(),
            i < left.size() ? left.get(i) : NOT_ASKED,
            i < right.size() ? right.get(i) : NOT_ASKED);
      }
    }
    calls(a.calls(), b.calls());
  }

  private static String invalidation(int errno) {
    return switch (errno) {
      case Access.NOT_ASKED -> NOT_ASKED;
      case Access.NOT_TRIED -> "not tried";
      default -> answer(errno);
    };
  }

  private static String answer(int errno) {
    return errno == 0 ? DONE : HostErrno.text(errno);
  }

  private static Map<HostOperation.Kind, List<String>> answers(List<HostOperation> operations) {
    Map<HostOperation.Kind, List<String>> answers = new EnumMap<>(HostOperation.Kind.class);
    for (HostOperation operation : operations) {
      answers
          .computeIfAbsent(operation.kind(), kind -> new ArrayList<>())
          .add(answer(operation.errno()));
    }
    return answers;
  }

  /** Calls that failed, in the order in which the recorded VMM made them. */
  private void calls(List<RecordedHostCall> a, List<RecordedHostCall> b) {
    for (int i = 0; i < Math.max(a.size(), b.size()); i++) {
      RecordedHostCall ofA = i < a.size() ? a.get(i) : null;
      RecordedHostCall ofB = i < b.size() ? b.get(i) : null;
      String name = ofA != null ? ofA.name() : Objects.requireNonNull(ofB).name();
      differ(Aspect.HOST_ANSWER, name, failure(ofA), failure(ofB));
    }
  }

  private static String failure(@Nullable RecordedHostCall call) {
    return call == null ? NO_FAILURE : call.failure();
  }
}
