package io.vsmmu.recordings.qemu;

import io.vsmmu.smmu.spec.CommandOpcode;
import io.vsmmu.smmu.spec.Register;
import io.vsmmu.smmu.spec.StreamTableEntry;
import io.vsmmu.smmu.stimulus.Completeness;
import io.vsmmu.smmu.stimulus.RecordedHostCall;
import io.vsmmu.smmu.stimulus.SteFetch;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Groups the lines of a trace into items. QEMU handles a register access under its big lock (the
 * BQL), so the lines of one access are consecutive, whichever vSMMU it belongs to. If they
 * contradict one another, lines are missing, and the access counts as incomplete.
 */
final class AccessGrouping {

  private static final int NO_ASID = (int) TraceLine.NONE;

  /** The registers of the Secure programming interface have this bit in their offset: 6.1. */
  private static final int SECURE_BIT = 0x8000;

  /** The last time that microseconds since 1970 express in 63 bits. */
  private static final Instant LATEST = Instant.EPOCH.plus(Long.MAX_VALUE - 1, ChronoUnit.MICROS);

  /** Receives the items and the lines that are part of none, in the order of the recording. */
  interface Output {
    /** The recording begins with lines that QEMU prints while it creates a machine. */
    void startsWithMachine();

    /** Receives an item as soon as it is complete. */
    void item(TraceItem item);

    /** The line adds nothing to those around it. */
    void note(Line line);

    /** The line is part of no item: it is unknown text, or lines of its item are missing. */
    void orphan(Line line);

    /** The line shows an access to the Secure programming interface. */
    void secure(long number, String text);
  }

  /**
   * A line as read.
   *
   * @param number 1-based
   * @param text without line end
   * @param time when it was printed; null if the line has no time
   */
  record Line(long number, byte[] text, @Nullable Instant time) {}

  private final IommufdObjects objects;
  private final ImportStatistics statistics;
  private final Output output;

  private TraceItem.@Nullable Access open;
  private TraceItem.@Nullable Resets resets;
  private final List<TraceItem> duringResets = new ArrayList<>();
  private boolean begun;
  private int translating;
  private boolean noteOfAnotherStream;
  private boolean otherSeen;
  private boolean writesTraced;
  private int writesMissing;

  AccessGrouping(IommufdObjects objects, ImportStatistics statistics, Output output) {
    this.objects = objects;
    this.statistics = statistics;
    this.output = output;
  }

  /**
   * Takes the next line.
   *
   * @param event its event; null if it is none of {@link TraceEvent}
   */
  void take(TraceLine read, Line line, @Nullable TraceEvent event) {
    if (!begun && event != null) {
      begun = true;
      if (event.makesMachine()) {
        output.startsWithMachine();
      }
    }
    switch (read) {
      case TraceLine.MmioRead l -> read(RegisterAlias.of(l), line);
      case TraceLine.MmioWrite l -> write(RegisterAlias.of(l), line);
      case TraceLine.Consume l -> consume(l, line);
      case TraceLine.ConsumeOut l -> consumeOut(l, line);
      case TraceLine.Opcode l -> opcode(l, line);
      case TraceLine.ConsumeError l -> error(l, line);
      case TraceLine.Detail l -> detail(l, line);
      case TraceLine.InstallSte l -> install(l, line);
      case TraceLine.TranslateSte l -> translate(l, line);
      case TraceLine.Translated l ->
          standalone(new TraceItem.Stream(l.streamId(), TraceLine.NONE, NO_ASID, l), line);
      case TraceLine.StreamNote l -> stream(l, line);
      case TraceLine.TableNote l -> table(l, line);
      case TraceLine.TagNote l -> tag(l, line);
      case TraceLine.Note _ -> note(line);
      case TraceLine.AccelDevice l ->
          standalone(new TraceItem.Device(l, objects.address(l.deviceId())), line);
      case TraceLine.HostCall l -> hostCall(l, line);
      case TraceLine.ResetExit _ -> reset(line);
      case TraceLine.Unknown _ -> output.orphan(line);
    }
    otherSeen |= !ofReset(read);
  }

  /** Whether QEMU prints such lines when it resets the machine. */
  private static boolean ofReset(TraceLine read) {
    return read instanceof TraceLine.ResetExit
        || read instanceof TraceLine.Unknown
        || (read instanceof TraceLine.HostCall call && withResets(call.kind()));
  }

  private static boolean withResets(TraceLine.HostCallKind kind) {
    return switch (kind) {
      case ATTACH, DETACH, FREE, ALLOC_HWPT -> true;
      case BIND, ALLOC_VIOMMU, ALLOC_VDEVICE, ALLOC_VEVENTQ, INVALIDATE, DEVICE, OTHER -> false;
    };
  }

  /** Whether further lines of an access are expected. */
  boolean withinAccess() {
    return open != null;
  }

  /**
   * Completes the last items at the end of the recording.
   *
   * @return the access within which the recording ends; null if it does not end within one
   */
  TraceItem.@Nullable Access finish() {
    endResets();
    TraceItem.Access last = open;
    endOpen(false);
    return last != null && (!last.effects().done() || writesTraced) ? last : null;
  }

  // Register accesses

  private static boolean secure(int offset) {
    return (offset & SECURE_BIT) != 0;
  }

  private void read(TraceLine.MmioRead read, Line line) {
    endResets();
    endOpen(true);
    if (secure(read.offset())) {
      output.secure(line.number(), text(line));
      return;
    }
    TraceItem.Read item = new TraceItem.Read(read);
    add(item, line);
    output.item(item);
  }

  private void write(TraceLine.MmioWrite write, Line line) {
    endResets();
    writesTraced = true;
    writesMissing = 0;
    TraceItem.Access access = open;
    if (secure(write.offset())) {
      if (access != null) {
        access.markSecure();
        add(access, line);
        endOpen(false);
      } else {
        output.secure(line.number(), text(line));
      }
      return;
    }
    if (access != null && closes(access, write)) {
      if (access.consumes() && !enabling(write) && access.linesAfterEnd()) {
        // A write of CMDQ_PROD or GERRORN has no further effect once the commands are consumed.
        access.markIncomplete();
      }
      add(access, line);
      access.write(write);
      endOpen(false);
      return;
    }
    endOpen(true);
    TraceItem.Write item = new TraceItem.Write(write);
    add(item, line);
    output.item(item);
  }

  /** Whether the write can be the one that caused the effects of the open access. */
  private static boolean closes(TraceItem.Access access, TraceLine.MmioWrite write) {
    if (access.secure()) {
      return false;
    }
    if (!access.consumes()) {
      return true;
    }
    AccessEffects done = access.effects();
    int offset = write.offset();
    boolean toProd =
        offset == Register.CMDQ_PROD.offset()
            && QueuePosition.matches(write.value(), done.prod(), QueuePosition.UNKNOWN_SIZE);
    if (!done.done()) {
      // smmuv3_cmdq_consume_out is missing, and perhaps other lines too.
      if (toProd) {
        access.markIncomplete();
        access.ended();
        done.end(done.prod());
      }
      return toProd;
    }
    return toProd || offset == Register.GERRORN.offset() || enabling(write);
  }

  private static boolean enabling(TraceLine.MmioWrite write) {
    return write.offset() == Register.CR0.offset()
        && TracedRegisters.enablesCommandQueue(write.value());
  }

  // The command queue

  private void consume(TraceLine.Consume line, Line text) {
    endResets();
    long prod = QueuePosition.of(line.prod(), line.prodWrap());
    long cons = QueuePosition.of(line.cons(), line.consWrap());
    TraceItem.Access access = open;
    if (access == null || !continues(access, prod, cons)) {
      endOpen(true);
      access = opened(new TraceItem.Access(new AccessEffects(prod, cons), true, false));
    } else if (access.effects().heldCommands() >= TraceLimits.HELD_COMMANDS) {
      access.effects().pause(cons);
      endOpen(false);
      access = opened(new TraceItem.Access(new AccessEffects(prod, cons), true, true));
    }
    if (line.secure()) {
      access.markSecure();
    }
    add(access, text);
    access.effects().consume(cons);
  }

  private static boolean continues(TraceItem.Access access, long prod, long cons) {
    AccessEffects effects = access.effects();
    if (!access.consumes() || effects.done() || effects.prod() != prod) {
      return false;
    }
    boolean next =
        effects.current() == null
            ? cons == effects.next()
            : QueuePosition.follows(cons, effects.next(), QueuePosition.UNKNOWN_SIZE);
    boolean skips =
        QueuePosition.distance(effects.next(), cons, QueuePosition.UNKNOWN_SIZE) > 0
            && QueuePosition.distance(cons, prod, QueuePosition.UNKNOWN_SIZE) >= 0;
    if (!next && skips) {
      access.markIncomplete();
    }
    return next || skips;
  }

  private void consumeOut(TraceLine.ConsumeOut line, Line text) {
    endResets();
    long prod = QueuePosition.of(line.prod(), line.prodWrap());
    long cons = QueuePosition.of(line.cons(), line.consWrap());
    TraceItem.Access access = open;
    if (access == null || !ends(access, prod, cons)) {
      endOpen(true);
      access = opened(new TraceItem.Access(new AccessEffects(prod, cons), true, false));
    }
    CommandAssembly last = access.effects().current();
    access.endsWithSync(last != null && last.opcode() == CommandOpcode.SYNC);
    if (last == null || last.opcode() == null) {
      access.endsWithSync(access.effects().endedWithSync());
    }
    add(access, text);
    access.ended();
    access.effects().end(cons);
    if (writesMissing >= TraceLimits.WRITES_MISSING && !access.secure()) {
      endOpen(false);
    }
  }

  private static boolean ends(TraceItem.Access access, long prod, long cons) {
    AccessEffects effects = access.effects();
    if (!access.consumes() || effects.done() || effects.prod() != prod) {
      return false;
    }
    boolean next =
        cons == effects.next()
            || (effects.current() != null
                && QueuePosition.follows(cons, effects.next(), QueuePosition.UNKNOWN_SIZE));
    boolean skips = QueuePosition.distance(effects.next(), cons, QueuePosition.UNKNOWN_SIZE) > 0;
    if (!next && skips) {
      access.markIncomplete();
    }
    return next || skips;
  }

  private void opcode(TraceLine.Opcode line, Line text) {
    TraceItem.Access access = open;
    if (access == null || !access.effects().awaitsOpcode()) {
      if (access != null) {
        access.markIncomplete();
        endOpen(true);
      }
      orphan(text);
      return;
    }
    CommandAssembly command = access.effects().current();
    if (command != null) {
      command.opcode(line.command());
    }
    add(access, text);
  }

  private void error(TraceLine.ConsumeError line, Line text) {
    TraceItem.Access access = open;
    if (access == null || access.effects().current() == null) {
      orphan(text);
      return;
    }
    access.effects().error(line.code());
    add(access, text);
  }

  private void detail(TraceLine.Detail line, Line text) {
    TraceItem.Access access = open;
    CommandAssembly command = access == null ? null : access.effects().current();
    if (access == null || command == null || !command.accepts(line)) {
      orphan(text);
      return;
    }
    command.detail(line);
    switch (line) {
      case TraceLine.StreamDetail d -> access.stream(d.streamId());
      case TraceLine.AddressDetail d when d.asid() >= 0 -> access.asid(d.asid());
      case TraceLine.TagDetail d when d.asid() != TraceLine.NONE -> {
        access.asid((int) d.asid());
        access.asidFreed((int) d.asid());
      }
      case TraceLine.RangeDetail _, TraceLine.AddressDetail _, TraceLine.TagDetail _ -> {}
    }
    add(access, text);
  }

  /** A line that belongs to an access of which other lines are missing. */
  private void orphan(Line line) {
    if (open != null) {
      open.markIncomplete();
    }
    output.orphan(line);
  }

  // Streams

  private void stream(TraceLine.StreamNote line, Line text) {
    TraceItem.Access access = open;
    CommandAssembly command = access == null ? null : access.effects().current();
    noteOfAnotherStream = command == null || !command.concerns(line.streamId());
    if (access != null && command != null && !noteOfAnotherStream) {
      add(access, text);
      if (!command.namesSeveralStreams()) {
        access.stream(line.streamId());
      }
    } else {
      translating = line.streamId();
      standalone(new TraceItem.Stream(line.streamId(), TraceLine.NONE, NO_ASID, null), text);
    }
  }

  /** A TLB look-up, for the stream that the lines before it name. */
  private void tag(TraceLine.TagNote line, Line text) {
    if (noteOfAnotherStream) {
      standalone(new TraceItem.Stream(translating, TraceLine.NONE, line.asid(), null), text);
    } else {
      note(text);
    }
  }

  private void table(TraceLine.TableNote line, Line text) {
    TraceItem.Access access = open;
    if (access != null && !noteOfAnotherStream && !access.effects().done()) {
      access.table(line.strtabBase());
      add(access, text);
    } else if (noteOfAnotherStream) {
      standalone(new TraceItem.Stream(translating, line.strtabBase(), NO_ASID, null), text);
    } else {
      output.note(text);
    }
  }

  private void note(Line line) {
    TraceItem.Access access = open;
    if (access != null && !noteOfAnotherStream && !access.effects().done()) {
      add(access, line);
    } else {
      output.note(line);
    }
  }

  private void install(TraceLine.InstallSte line, Line text) {
    TraceItem.Access access = opened();
    CommandAssembly command = access.effects().current();
    if (command != null && command.readsSte(line.streamId())) {
      command.install(line);
    } else if (line.type() == TraceLine.SteType.BYPASS) {
      access.effects().fetch(line.streamId(), fetched(line.streamId(), 0x9, 0, false));
    } else if (line.type() == TraceLine.SteType.ABORT) {
      access.effects().fetch(line.streamId(), fetched(line.streamId(), 0x1, 0, false));
    }
    access.stream(line.streamId());
    add(access, text);
  }

  private void translate(TraceLine.TranslateSte line, Line text) {
    TraceItem.Access access = opened();
    CommandAssembly command = access.effects().current();
    if (command != null && command.readsSte(line.streamId())) {
      command.translate(line);
    } else {
      access
          .effects()
          .fetch(line.streamId(), fetched(line.streamId(), line.word0(), line.word1(), true));
    }
    access.stream(line.streamId());
    add(access, text);
  }

  private static SteFetch fetched(int streamId, long word0, long word1, boolean hostWords) {
    return new SteFetch(
        streamId,
        SteFetch.Outcome.READ,
        StreamTableEntry.ofTwoWords(word0, word1),
        hostWords ? Completeness.HOST_WORDS : Completeness.CONFIGURATION_ONLY);
  }

  // The host

  private void hostCall(TraceLine.HostCall call, Line text) {
    IommufdObjects.Viommu viommu = objects.apply(call, text.number());
    RecordedHostCall recorded =
        new RecordedHostCall(
            call.name(),
            call.arguments(),
            call.entries(),
            call.result(),
            text.number(),
            micros(text.time()));
    TraceItem.Access access = open;
    if (access != null) {
      access.effects().call(recorded, text.time());
      if (call.kind() == TraceLine.HostCallKind.ALLOC_VDEVICE && call.result() == 0) {
        access.effects().device(call, objects.address(call.iommufd(), call.deviceId()));
        access.stream((int) call.streamId());
      }
      if (viommu != null) {
        access.viommu(viommu);
      }
      add(access, text);
      return;
    }
    TraceItem.Resets burst = resets;
    if (burst != null && call.kind() == TraceLine.HostCallKind.ATTACH) {
      burst.attached(call.address());
      if (viommu != null) {
        burst.attached(viommu);
      }
    }
    if (!withResets(call.kind())) {
      endResets();
    }
    standalone(new TraceItem.Host(call, recorded, viommu), text);
  }

  private static long micros(@Nullable Instant time) {
    return time == null || time.isBefore(Instant.EPOCH) || time.isAfter(LATEST)
        ? RecordedHostCall.NO_TIME
        : ChronoUnit.MICROS.between(Instant.EPOCH, time);
  }

  private void reset(Line line) {
    endOpen(true);
    TraceItem.Resets burst = resets;
    if (burst == null) {
      burst = new TraceItem.Resets(otherSeen);
      resets = burst;
    }
    add(burst, line);
  }

  private void endResets() {
    TraceItem.Resets burst = resets;
    if (burst != null) {
      resets = null;
      output.item(burst);
      List<TraceItem> waiting = List.copyOf(duringResets);
      duringResets.clear();
      waiting.forEach(output::item);
    }
  }

  // Items

  private void standalone(TraceItem item, Line line) {
    add(item, line);
    if (resets != null) {
      duringResets.add(item);
      if (duringResets.size() >= TraceLimits.HELD_HOST_CALLS) {
        endResets();
      }
    } else {
      output.item(item);
    }
  }

  private static void add(TraceItem item, Line line) {
    item.line(line);
  }

  private TraceItem.Access opened() {
    TraceItem.Access access = open;
    return access != null
        ? access
        : opened(
            new TraceItem.Access(
                new AccessEffects(QueuePosition.UNKNOWN, QueuePosition.UNKNOWN), false, false));
  }

  private TraceItem.Access opened(TraceItem.Access access) {
    endResets();
    open = access;
    noteOfAnotherStream = false;
    return access;
  }

  /**
   * Completes the open access and hands it to the output.
   *
   * @param cutShort whether a line was read that cannot belong to it
   */
  private void endOpen(boolean cutShort) {
    TraceItem.Access access = open;
    open = null;
    if (access == null) {
      return;
    }
    if (access.secure()) {
      for (int i = 0; i < access.lines(); i++) {
        output.secure(access.number(i), access.text(i));
      }
      return;
    }
    boolean done = !access.consumes() || access.effects().done();
    if (cutShort && !done) {
      access.markIncomplete();
      CommandAssembly dropped = access.effects().current();
      statistics.unattributedCommands(dropped != null && dropped.opcodeSeen() ? 1 : 0);
      access.effects().discardCurrent();
      statistics.warn("lines of an access are missing", access.lastNumber());
    }
    if (cutShort && done && access.consumes()) {
      writesMissing++;
      if (writesTraced) {
        access.markIncomplete();
      }
    }
    access.effects().complete();
    output.item(access);
  }

  private static String text(Line line) {
    return new String(line.text(), StandardCharsets.UTF_8);
  }
}
