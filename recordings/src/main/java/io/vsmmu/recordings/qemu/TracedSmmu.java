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

/** One vSMMU of the recording: makes stimuli of the items that are attributed to it. */
final class TracedSmmu {

  /** The name given to the recorded host's physical SMMU, which a trace does not name. */
  static final String RECORDED_SMMU = "recorded";

  /** Is notified of a machine reset that shows only in the accesses of one vSMMU. */
  @FunctionalInterface
  interface MachineResetListener {
    /** The machine was reset, and the lines of the reset are missing. */
    void resetUnseen(TracedSmmu first);
  }

  private final StimulusSequencer output;
  private final ImportStatistics statistics;
  private MachineResetListener machineReset = first -> {};
  private final TracedRegisters registers = new TracedRegisters();
  private final CommandCounter commands = new CommandCounter();
  private final Map<Integer, String> devices = new HashMap<>();
  private final Map<Integer, Integer> translations = new HashMap<>();
  private final LateStart start = new LateStart();
  private boolean written;
  private boolean endsWithin;
  private long resets;
  private long next = QueuePosition.UNKNOWN;
  private long gaps;
  private long commandsWithoutStream;
  private long machineResets;
  private long lastLine;

  TracedSmmu(StimulusSequencer output, ImportStatistics statistics) {
    this.output = output;
    this.statistics = statistics;
    output.identifiedBy(registers::ids);
  }

  StimulusSequencer output() {
    return output;
  }

  /** Whether any item was attributed to it. */
  boolean used() {
    return output.created() || output.holdsSomething();
  }

  void endingWithin() {
    endsWithin = true;
  }

  /** Sentences that say what its log lacks; empty if the log is complete. */
  List<String> lacks() {
    List<String> lacks = new ArrayList<>();
    if (endsWithin) {
      lacks.add("the recording ends within an access");
    }
    start.lack().ifPresent(lacks::add);
    if (gaps > 0) {
      lacks.add(
          "commands are missing at %s of its queue"
              .formatted(ImportStatistics.count(gaps, "place")));
    }
    if (commandsWithoutStream > 0) {
      lacks.add(
          "of %s the trace does not tell the StreamID"
              .formatted(ImportStatistics.count(commandsWithoutStream, "command")));
    }
    return lacks;
  }

  ImportReport.VsmmuStatistics summary() {
    return output.summary(commands, resets);
  }

  void read(TraceLine.MmioRead line) {
    start.read(line.offset());
    if (line.offset() == Register.IDR0.offset()) {
      output.separateReads();
    }
    if (TracedRegisters.isId(line.offset())) {
      registers.id(line.offset(), line.value());
    }
    if (line.offset() == Register.CR0.offset()
        && line.value() == 0
        && registers.commandQueueCertainly(true)) {
      resetUnseen();
    }
    output.read(new RegisterRead(line.offset(), line.width(), line.value()));
  }

  /** A driver finds the SMMU in its reset state, so the lines of the reset are missing. */
  private void resetUnseen() {
    statistics.warn("a reset whose line is missing", output.line());
    output.before(new Stimulus.Reset(Stimulus.ResetSource.VMM));
    resets++;
    gaps++;
    isReset();
    machineReset.resetUnseen(this);
  }

  void onMachineReset(MachineResetListener listener) {
    machineReset = listener;
  }

  /** The number of machine resets that are applied to it. */
  long machineResets() {
    return machineResets;
  }

  void machineResets(long all) {
    machineResets = all;
  }

  /** Number of the last line that was attributed to it. */
  long lastLine() {
    return lastLine;
  }

  void reached(long line) {
    lastLine = line;
  }

  void write(TraceLine.MmioWrite line) {
    start.write(line.offset());
    output.access(List.of(writeOf(line, List.of())), List.of());
    wrote(line);
  }

  private void wrote(TraceLine.MmioWrite line) {
    registers.write(line.offset(), line.width(), line.value());
    written = true;
    if (line.offset() == Register.CMDQ_CONS.offset()
        || line.offset() == Register.CMDQ_BASE.offset()) {
      next = QueuePosition.UNKNOWN;
    }
  }

  private static Stimulus writeOf(TraceLine.MmioWrite line, List<SteFetch> fetches) {
    return new Stimulus.WriteRegister(line.offset(), line.width(), line.value(), fetches);
  }

  /**
   * An access with its effects. A write of CMDQ_PROD is part of the stimulus that consumes the
   * commands; another write, which enables the queue or acknowledges an error, is a stimulus of its
   * own before them.
   */
  void access(TraceItem.Access access) {
    AccessEffects effects = access.effects();
    start.access(access);
    if (access.consumes()) {
      output.separateCalls();
      follow(access);
    }
    List<Stimulus> stimuli = new ArrayList<>();
    effects.devices().forEach(device -> attach(device.call(), device.address(), stimuli));
    List<AccessEffects.Slice> slices = effects.slices();
    TraceLine.MmioWrite write = access.write();
    boolean toProd = write != null && write.offset() == Register.CMDQ_PROD.offset();
    if (write != null && (!toProd || (slices.isEmpty() && !access.continued()))) {
      if (!toProd && access.continued()) {
        statistics.warn(
            "commands of a very long access come before its register write", access.lastNumber());
      }
      stimuli.add(writeOf(write, effects.fetchesOfWrite()));
    }
    long prod =
        write != null && toProd
            ? write.value()
            : QueuePosition.register(effects.prod(), registers.commandQueueLog2());
    int log2Size = registers.commandQueueLog2();
    long from = QueuePosition.register(access.from(), log2Size);
    for (AccessEffects.Slice slice : slices) {
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
    output.access(stimuli, effects.calls());
    commands.add(effects.commands());
    commandsWithoutStream += effects.lackingStream();
    for (int i = 0; i < effects.lackingStream(); i++) {
      statistics.warn(
          "a command whose StreamID the trace does not tell changes no stream",
          access.lastNumber());
    }
    if (write != null) {
      wrote(write);
    }
  }

  /** Compares the position at which consumption starts with the one at which it ended last. */
  private void follow(TraceItem.Access access) {
    boolean on = next == QueuePosition.UNKNOWN || next == access.from();
    if (!on && startsOver(access.from())) {
      resetUnseen();
    } else if (!on) {
      gaps++;
    }
    next = access.effects().next();
  }

  /**
   * Whether the queue is at {@code from} because of a reset whose lines are missing: missing
   * commands would not explain it, or only so many that a reset is more likely.
   */
  private boolean startsOver(long from) {
    int log2Size = registers.commandQueueLog2();
    return log2Size != QueuePosition.UNKNOWN_SIZE
        && log2Size >= TraceLimits.LOG2_QUEUE_NOT_SEEN_AROUND
        && QueuePosition.distance(next, from, log2Size) < 0;
  }

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

  /** A vDEVICE shows that a host device is behind the vSMMU, and its StreamID. */
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
      statistics.warn("more devices than a vSMMU can have", 0);
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

  /** Detaches the device at {@code address} from all its streams. */
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

  /** A translation; it becomes a stimulus only if the stream's stage differs from the last one. */
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
