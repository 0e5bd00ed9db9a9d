package io.vsmmu.recordings.qemu;

import io.vsmmu.smmu.model.Limits;
import io.vsmmu.smmu.spec.IdRegisters;
import io.vsmmu.smmu.spec.OnOffAuto;
import io.vsmmu.smmu.spec.Register;
import io.vsmmu.smmu.stimulus.HostDevice;
import io.vsmmu.smmu.stimulus.RecordedConsumption;
import io.vsmmu.smmu.stimulus.RegisterRead;
import io.vsmmu.smmu.stimulus.SteFetch;
import io.vsmmu.smmu.stimulus.Stimulus;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One vSMMU of the recording: what is known to be its own becomes its stimuli. */
final class SmmuTrack {

  /** What stands for the SMMU of the recorded host: a trace does not name it. */
  static final String RECORDED_SMMU = "recorded";

  /** Who is told of a machine reset that one vSMMU's lines show. */
  @FunctionalInterface
  interface Machine {
    /** The machine was reset, but the lines of that are missing. */
    void resetUnseen(SmmuTrack first);
  }

  private final VsmmuOutput output;
  private final Tally tally;
  private Machine machine = first -> {};
  private final RegisterKnowledge registers = new RegisterKnowledge();
  private final CommandCounter commands = new CommandCounter();
  private final Map<Integer, String> devices = new HashMap<>();
  private final Map<Integer, Integer> translations = new HashMap<>();
  private final LogStart start = new LogStart();
  private boolean written;
  private boolean endsWithin;
  private long resets;
  private long next = QueuePosition.UNKNOWN;
  private long gaps;
  private long untoldStreams;
  private long machineResets;
  private long lastLine;

  SmmuTrack(VsmmuOutput output, Tally tally) {
    this.output = output;
    this.tally = tally;
    output.identifiedBy(registers::ids);
  }

  VsmmuOutput output() {
    return output;
  }

  /** Whether anything was attributed to it. */
  boolean used() {
    return output.created() || output.holdsSomething();
  }

  void endingWithin() {
    endsWithin = true;
  }

  /** What makes its log less than what happened to it; empty if nothing does. */
  List<String> lacks() {
    List<String> lacks = new ArrayList<>();
    if (endsWithin) {
      lacks.add("the recording ends within an access");
    }
    start.lack().ifPresent(lacks::add);
    if (gaps > 0) {
      lacks.add("commands are missing at %s of its queue".formatted(Tally.count(gaps, "place")));
    }
    if (untoldStreams > 0) {
      lacks.add(
          "of %s the trace does not tell the StreamID"
              .formatted(Tally.count(untoldStreams, "command")));
    }
    return lacks;
  }

  ImportReport.VsmmuSummary summary() {
    return output.summary(commands, resets);
  }

  void read(TraceLine.ReadRegister line) {
    start.read(line.offset());
    if (line.offset() == Register.IDR0.offset()) {
      output.separateReads();
    }
    if (RegisterKnowledge.isId(line.offset())) {
      registers.id(line.offset(), line.value());
    }
    if (line.offset() == Register.CR0.offset()
        && line.value() == 0
        && registers.commandQueueCertainly(true)) {
      resetUnseen();
    }
    output.read(new RegisterRead(line.offset(), line.width(), line.value()));
  }

  /** A driver finds the SMMU as a reset leaves it: the lines of the reset are missing. */
  private void resetUnseen() {
    tally.warn("a reset whose line is missing", output.line());
    output.before(new Stimulus.Reset(Stimulus.ResetSource.VMM));
    resets++;
    gaps++;
    isReset();
    machine.resetUnseen(this);
  }

  void of(Machine whole) {
    machine = whole;
  }

  /** Machine resets that it has taken part in. */
  long machineResets() {
    return machineResets;
  }

  void machineResets(long all) {
    machineResets = all;
  }

  /** The last line that is known to be its own. */
  long lastLine() {
    return lastLine;
  }

  void reached(long line) {
    lastLine = line;
  }

  void write(TraceLine.WriteRegister line) {
    start.write(line.offset());
    output.access(List.of(writeOf(line, List.of())), List.of());
    wrote(line);
  }

  private void wrote(TraceLine.WriteRegister line) {
    registers.write(line.offset(), line.width(), line.value());
    written = true;
    if (line.offset() == Register.CMDQ_CONS.offset()
        || line.offset() == Register.CMDQ_BASE.offset()) {
      next = QueuePosition.UNKNOWN;
    }
  }

  private static Stimulus writeOf(TraceLine.WriteRegister line, List<SteFetch> fetches) {
    return new Stimulus.WriteRegister(line.offset(), line.width(), line.value(), fetches);
  }

  /**
   * An access with all it caused. A write of CMDQ_PROD stands in the stimulus that consumes;
   * another write, which enables the queue or acknowledges an error, comes before its commands.
   */
  void access(TraceItem.Access access) {
    OpenAccess open = access.open();
    start.access(access);
    if (access.consumes()) {
      output.separateCalls();
      follow(access);
    }
    List<Stimulus> stimuli = new ArrayList<>();
    open.devices().forEach(device -> attach(device.call(), device.address(), stimuli));
    List<OpenAccess.Slice> slices = open.slices();
    TraceLine.WriteRegister write = access.write();
    boolean toProd = write != null && write.offset() == Register.CMDQ_PROD.offset();
    if (write != null && (!toProd || (slices.isEmpty() && !access.continued()))) {
      if (!toProd && access.continued()) {
        tally.warn(
            "commands of a very long access come before its register write", access.lastNumber());
      }
      stimuli.add(writeOf(write, open.readingsOfWrite()));
    }
    long prod =
        write != null && toProd
            ? write.value()
            : QueuePosition.register(open.prod(), registers.commandQueueLog2());
    int log2Size = registers.commandQueueLog2();
    long from = QueuePosition.register(access.from(), log2Size);
    for (OpenAccess.Slice slice : slices) {
      stimuli.add(
          new Stimulus.ConsumeCommands(
              prod,
              slice.entries(),
              slice.known(),
              slice.fetches(),
              slice.fetchFault(),
              Optional.of(new RecordedConsumption(from, slice.error()))));
      from = RecordedConsumption.GOES_ON;
    }
    output.access(stimuli, open.calls());
    commands.add(open.commands());
    untoldStreams += open.lackingStream();
    for (int i = 0; i < open.lackingStream(); i++) {
      tally.warn(
          "a command whose StreamID the trace does not tell changes no stream",
          access.lastNumber());
    }
    if (write != null) {
      wrote(write);
    }
  }

  /** Notes where its queue goes on, and whether that is where it stood. */
  private void follow(TraceItem.Access access) {
    boolean on = next == QueuePosition.UNKNOWN || next == access.from();
    if (!on && startsOver(access.from())) {
      resetUnseen();
    } else if (!on) {
      gaps++;
    }
    next = access.open().next();
  }

  /**
   * Whether the queue cannot have come to {@code from} by commands that are missing, or only by so
   * many that a reset is what is missing.
   */
  private boolean startsOver(long from) {
    int log2Size = registers.commandQueueLog2();
    return log2Size != QueuePosition.UNKNOWN_SIZE
        && log2Size >= TraceLimits.LOG2_QUEUE_NOT_SEEN_AROUND
        && QueuePosition.distance(next, from, log2Size) < 0;
  }

  /** The VMM reset it. */
  void reset() {
    if (written) {
      output.emit(new Stimulus.Reset(Stimulus.ResetSource.VMM));
      resets++;
    }
    isReset();
  }

  private void isReset() {
    registers.reset();
    written = false;
    translations.clear();
    next = QueuePosition.UNKNOWN;
    start.reset();
  }

  /** A vDEVICE tells that a host device is behind the vSMMU, and its StreamID. */
  void attach(TraceLine.HostCall call, String known) {
    List<Stimulus> stimuli = new ArrayList<>();
    attach(call, known, stimuli);
    stimuli.forEach(output::emit);
  }

  private void attach(TraceLine.HostCall call, String known, List<Stimulus> stimuli) {
    int streamId = (int) call.streamId();
    String address = known.isEmpty() ? "unknown:devid=" + call.deviceId() : known;
    String before = devices.get(streamId);
    if (address.equals(before)) {
      return;
    }
    if (before != null) {
      stimuli.add(new Stimulus.DetachDevice(streamId));
    } else if (devices.size() >= Limits.DEVICES) {
      tally.warn("more devices than a vSMMU can have", 0);
      return;
    }
    devices.put(streamId, address);
    IdRegisters ids = registers.ids();
    HostDevice device =
        new HostDevice(address, RECORDED_SMMU, (int) call.deviceId(), ids, ids.ats());
    stimuli.add(
        new Stimulus.AttachDevice(
            streamId, device, OnOffAuto.AUTO, ids, SteFetch.unknown(streamId)));
  }

  boolean hasDevice(String address) {
    return devices.containsValue(address);
  }

  /** The device at {@code address} is taken away from all its streams. */
  void detach(String address) {
    List<Integer> gone =
        devices.entrySet().stream()
            .filter(e -> e.getValue().equals(address))
            .map(Map.Entry::getKey)
            .toList();
    for (int streamId : gone) {
      devices.remove(streamId);
      output.emit(new Stimulus.DetachDevice(streamId));
    }
  }

  /** A translation; only one that shows something new becomes a stimulus. */
  void translated(TraceLine.Translated line) {
    output.translation();
    if (translationChanged(line.streamId(), line.stage())) {
      output.emit(
          new Stimulus.ObserveTranslation(
              line.streamId(), line.stage(), line.iova(), line.translated()));
    }
  }

  private boolean translationChanged(int streamId, int stage) {
    if (translations.size() >= TraceLimits.STREAMS && !translations.containsKey(streamId)) {
      return false;
    }
    Integer before = translations.put(streamId, stage);
    return before == null || before != stage;
  }
}
