package io.vsmmu.simulation;

import io.vsmmu.control.offline.SimulatedReplayHost;
import io.vsmmu.control.replay.EventReplay;
import io.vsmmu.control.replay.ReplayReport;
import io.vsmmu.host.simulated.Attachment;
import io.vsmmu.host.simulated.FaultPlan;
import io.vsmmu.host.simulated.IssuedCommand;
import io.vsmmu.host.simulated.ObjectCounts;
import io.vsmmu.simulation.Architecture.Behaviour;
import io.vsmmu.simulation.Architecture.HostStop;
import io.vsmmu.simulation.Architecture.Reg;
import io.vsmmu.simulation.Step.Boundary;
import io.vsmmu.smmu.event.VsmmuEvent;
import io.vsmmu.smmu.model.Health;
import io.vsmmu.smmu.model.Lifecycle;
import io.vsmmu.smmu.model.RegisterFile;
import io.vsmmu.smmu.model.Vsmmu;
import io.vsmmu.smmu.spec.EventRecord;
import io.vsmmu.smmu.spec.Register;
import io.vsmmu.smmu.stimulus.Durability;
import io.vsmmu.smmu.stimulus.Stimulus;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** One run of a program on the product and on the model. */
final class Simulation implements AutoCloseable {

  /** Where the product and the model differ, or what else is wrong. */
  record Failure(int step, String what) {}

  private static final int GBPA = 0x44;

  private final Program program;
  private final Machine machine;
  private Architecture model;

  /** What the guest did while the vSMMU was paused; it waits. */
  private @Nullable Runnable waiting;

  private boolean paused;

  /** Streams for which the host failed a call, until they are seen where they belong. */
  private final Set<Integer> uncertain = new HashSet<>();

  /** States that a loss of power may bring back, because they were not synced. */
  private final List<Architecture> unsynced = new ArrayList<>();

  private boolean hostFailed;
  private int seenForwarded;
  private int seenIssued;
  private final Map<Integer, Integer> hwpts = new HashMap<>();
  private int at;
  private final Coverage coverage;

  private Simulation(Program program, Coverage coverage) {
    this.program = program;
    this.coverage = coverage;
    this.machine = new Machine(program.setup());
    machine.connect();
    model = new Architecture(ids(), machine, machine.read(GBPA, 4));
    model.connect(true);
  }

  private Architecture.Ids ids() {
    return new Architecture.Ids(
        (int) machine.read(0x0, 4),
        (int) machine.read(0x4, 4),
        (int) machine.read(0xc, 4),
        (int) machine.read(0x14, 4));
  }

  /** Runs a program; empty if nothing is wrong. */
  static Optional<Failure> run(Program program, Coverage coverage) {
    Simulation[] running = new Simulation[1];
    try (Simulation simulation = new Simulation(program, coverage)) {
      running[0] = simulation;
      simulation.run();
      return Optional.empty();
    } catch (Mismatch difference) {
      return Optional.of(new Failure(step(running[0]), String.valueOf(difference.getMessage())));
    } catch (RuntimeException | Error thrown) {
      StackTraceElement[] trace = thrown.getStackTrace();
      String where = trace.length == 0 ? "" : " at " + trace[0];
      return Optional.of(new Failure(step(running[0]), thrown + where));
    }
  }

  private static int step(@Nullable Simulation simulation) {
    return simulation == null ? -1 : simulation.at;
  }

  private static final class Mismatch extends RuntimeException {
    private static final long serialVersionUID = 1;

    Mismatch(String what) {
      super(what, null, false, false);
    }
  }

  private void run() {
    check(false);
    for (Step step : program.steps()) {
      coverage.step(step);
      perform(step);
      at++;
    }
    finish();
  }

  // Steps.

  private void perform(Step step) {
    switch (step) {
      case Step.Write(int offset, int width, long value) -> access(offset, width, value);
      case Step.Store(long address, List<Long> words) -> machine.store(address, words);
      case Step.Commands(List<Long> words) -> commands(words);
      case Step.Simple simple -> perform(simple);
      case Step.Attach(int device) -> attach(device);
      case Step.Detach(int device) -> detach(device);
      case Step.Fault(int device, int type, long address) -> fault(device, type, address);
      case Step.LostEvents(int count) -> {
        if (!program.setup().readFaults() && waiting == null) {
          operate(
              () -> machine.accepts(new Stimulus.ReportFaults(List.of(), count)),
              () -> model.faults(List.of(), count));
        }
      }
      case Step.PageRequests(int device, int count) -> pageRequests(device, count);
      case Step.HostFails(String plan) ->
          machine.host().faults(plan.equals("none") ? FaultPlan.none() : FaultPlan.parse(plan));
      case Step.KillAt(Boundary boundary) -> machine.arm(boundary, Trap.End.KILL);
      case Step.PowerLossAt(Boundary boundary) -> machine.arm(boundary, Trap.End.POWER_LOSS);
      case Step.LogBusy(int times) -> machine.logBusy(times);
    }
  }

  private void perform(Step.Simple step) {
    switch (step) {
      case ACKNOWLEDGE -> access(Reg.GERRORN.offset, 4, model.get(Reg.GERROR));
      case DRAIN_EVENTS -> access(Reg.EVENTQ_CONS.offset, 4, model.read(Reg.EVENTQ_PROD));
      case DRAIN_PAGE_REQUESTS -> access(Reg.PRIQ_CONS.offset, 4, model.read(Reg.PRIQ_PROD));
      case RESET -> guest(() -> model.reset(), machine::reset);
      case DISCONNECT -> {
        if (machine.connected()) {
          waiting = null;
          operate(
              () -> {
                machine.disconnect();
                return true;
              },
              () -> model.connect(false));
        }
      }
      case CONNECT -> {
        if (!machine.connected()) {
          operate(
              () -> {
                machine.connect();
                return true;
              },
              () -> model.connect(true));
        }
      }
      case PAUSE -> {
        if (!paused) {
          operate(() -> machine.accepts(new Stimulus.Pause()) && (paused = true), () -> {});
        }
      }
      case RESUME -> resume();
      case OPERATOR_RESET ->
          operate(
              () -> machine.accepts(new Stimulus.Reset(Stimulus.ResetSource.OPERATOR)),
              () -> model.reset());
      case RESTART -> restart();
      case KILL -> die(Trap.End.KILL, List.of(model));
      case POWER_LOSS -> die(Trap.End.POWER_LOSS, List.of(model));
      case APPEND_FAILS -> machine.arm(Boundary.APPENDING, Trap.End.CALL_FAILS);
      case SYNC_FAILS -> machine.arm(Boundary.SYNCING, Trap.End.CALL_FAILS);
      case DATABASE_AWAY -> machine.databaseAnswers(false);
      case DATABASE_BACK -> machine.databaseAnswers(true);
    }
  }

  private void access(int offset, int width, long value) {
    long masked = width >= Long.BYTES ? value : value & ((1L << (width * Byte.SIZE)) - 1);
    guest(() -> model.write(offset, width, masked), () -> machine.write(offset, width, masked));
  }

  /** An access of the guest. While the vSMMU is paused one access waits; others are left out. */
  private void guest(Runnable predicted, Runnable real) {
    if (!machine.connected() || waiting != null) {
      return;
    }
    if (paused) {
      waiting = predicted;
      real.run();
      if (acknowledges(Reg.CR0ACK) || acknowledges(Reg.IRQ_CTRLACK)) {
        throw new Mismatch("an access took effect while the vSMMU was paused");
      }
      return;
    }
    work(predicted, real);
  }

  /** Whether an acknowledgement moved. A reset that waits takes back what was acknowledged. */
  private boolean acknowledges(Reg reg) {
    long found = machine.read(reg.offset, 4);
    return found != 0 && found != model.read(reg);
  }

  private void resume() {
    if (!paused) {
      return;
    }
    Runnable next = waiting == null ? () -> {} : waiting;
    operate(
        () -> {
          if (!machine.accepts(new Stimulus.Resume())) {
            return false;
          }
          paused = false;
          waiting = null;
          return true;
        },
        next);
  }

  /** Something of the guest that the product cannot refuse. */
  private void work(Runnable predicted, Runnable real) {
    operate(
        () -> {
          real.run();
          return true;
        },
        predicted);
  }

  /**
   * Does something on both sides and compares them.
   *
   * @param real whether the product took it; if not, nothing has happened
   */
  private void operate(BooleanSupplier real, Runnable predicted) {
    Architecture before = model.copy();
    model.begin();
    List<Architecture> path = model.follow();
    predicted.run();
    model.stopFollowing();
    path.addFirst(before.copy());
    path.add(model.copy());
    long failedBefore = machine.host().faultsInjected();
    boolean taken = true;
    try {
      taken = real.getAsBoolean();
      if (waiting == null) {
        machine.finish();
      }
    } catch (ProcessEndedError ended) {
      // What it left is looked at below.
    }
    if (machine.ended().isPresent()) {
      die(machine.ended().get(), path);
      return;
    }
    boolean failed = machine.host().faultsInjected() != failedBefore;
    if (failed) {
      hostFailed = true;
      coverage.hostFault();
      uncertain.addAll(Layout.STREAM_IDS);
    }
    if (!taken) {
      model = before;
      model.begin();
    } else if (failed && differences(model, true) != null) {
      adoptHostStop(before, predicted);
    }
    if (failed) {
      adoptDevices();
    }
    if (program.setup().durability() != Durability.COMMITTED) {
      unsynced.addAll(path);
    }
    check(failed);
  }

  /** The host refused an invalidation: the queue must have stopped at a command that it had. */
  private void adoptHostStop(Architecture before, Runnable predicted) {
    long cons = machine.read(Reg.CMDQ_CONS.offset, 4);
    int code = (int) (cons >>> 24) & 0x7f;
    model = before;
    model.begin();
    model.stopAt(new HostStop((int) cons & 0xf_ffff, code));
    predicted.run();
    model.stopAt(null);
  }

  /** An operator's request during which the host failed may have been undone. */
  private void adoptDevices() {
    Set<Integer> there = machine.visible().devices().keySet();
    for (int sid : Layout.STREAM_IDS) {
      if (model.hasDevice(sid) && !there.contains(sid)) {
        model.detach(sid);
      }
    }
  }

  private void commands(List<Long> words) {
    if (!machine.connected() || waiting != null) {
      return;
    }
    int log2 = model.cmdqLog2();
    long size = 1L << log2;
    long queue = model.get(Reg.CMDQ_BASE) & ((1L << 56) - 32) & -(size * 16);
    long prod = model.get(Reg.CMDQ_PROD) & (2 * size - 1);
    int count = (int) Math.min(words.size() / 2, size);
    for (int i = 0; i < count; i++) {
      machine.store(
          queue + (prod & (size - 1)) * 16, List.of(words.get(2 * i), words.get(2 * i + 1)));
      coverage.command((int) (long) words.get(2 * i) & 0xff);
      prod = (prod + 1) & (2 * size - 1);
    }
    access(Reg.CMDQ_PROD.offset, 4, prod);
  }

  private void attach(int index) {
    int sid = Layout.STREAM_IDS.get(index);
    if (!model.hasDevice(sid)) {
      operate(() -> machine.attach(index), () -> model.attach(sid, program.setup().ats()));
    }
  }

  private void detach(int index) {
    int sid = Layout.STREAM_IDS.get(index);
    if (model.hasDevice(sid)) {
      operate(() -> machine.accepts(new Stimulus.DetachDevice(sid)), () -> model.detach(sid));
    }
  }

  /** An event that the host's SMMU can record for the device as it is attached. */
  private void fault(int index, int type, long address) {
    int sid = Layout.STREAM_IDS.get(index);
    boolean badSte = type == 4;
    if (!model.hasDevice(sid)
        || waiting != null
        || uncertain.contains(sid)
        || (badSte && model.behaviour(sid) == Behaviour.TRANSLATE)
        || (badSte && model.fault(sid) == 0)) {
      return;
    }
    EventRecord event = new EventRecord(type | ((long) sid << 32), 0, address, 0);
    if (program.setup().readFaults() && model.behaviour(sid) != Behaviour.TRANSLATE && !badSte) {
      return;
    }
    operate(() -> machine.fault(index, event), () -> model.faults(List.of(event.words()), 0));
  }

  private void pageRequests(int index, int count) {
    int sid = Layout.STREAM_IDS.get(index);
    if (!program.setup().pri() || !model.hasDevice(sid) || waiting != null) {
      return;
    }
    List<long[]> requests = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      requests.add(new long[] {sid | (1L << 60), ((long) i << 12) | i});
    }
    operate(() -> machine.pageRequests(requests), () -> model.pageRequests(requests));
  }

  // Ends of the process.

  private void restart() {
    waiting = null;
    machine.host().faults(FaultPlan.none());
    machine.end();
    machine.start();
    coverage.restart();
    continueAfter(List.of(model));
  }

  private void die(Trap.End how, List<Architecture> path) {
    waiting = null;
    List<Architecture> candidates = new ArrayList<>();
    if (how == Trap.End.POWER_LOSS) {
      candidates.addAll(unsynced);
    }
    candidates.addAll(path);
    boolean boundary = machine.ended().isPresent();
    machine.die(how);
    machine.start();
    coverage.death(how, boundary);
    long promised = machine.promised();
    if (machine.logged().events() < promised) {
      throw new Mismatch(
          "%d events were acknowledged, and the log has %d after %s"
              .formatted(promised, machine.logged().events(), how));
    }
    continueAfter(candidates);
  }

  /** The product must have one of the states that the program can have led to. */
  private void continueAfter(List<Architecture> candidates) {
    unsynced.clear();
    paused = machine.visible().lifecycle() == Lifecycle.PAUSED;
    List<String> all = new ArrayList<>();
    for (int i = candidates.size() - 1; i >= 0; i--) {
      Architecture candidate = candidates.get(i).copy();
      candidate.begin();
      candidate.connect(machine.connected());
      String difference = differences(candidate, true);
      difference = difference == null ? hiddenBits(candidate) : difference;
      if (difference == null) {
        model = candidate;
        seenForwarded = model.forwarded().size();
        seenIssued = machine.issued().size();
        rememberHwpts();
        return;
      }
      all.add(difference);
    }
    throw new Mismatch(
        "after the start of the service "
            + all.stream().distinct().collect(Collectors.joining("; or ")));
  }

  /**
   * Bits of an index that the queue's size hides from the guest: they tell apart states that it
   * cannot tell apart yet.
   */
  private @Nullable String hiddenBits(Architecture candidate) {
    RegisterFile registers = machine.visible().registers();
    boolean same =
        candidate.get(Reg.EVENTQ_PROD) == registers.get(Register.EVENTQ_PROD)
            && candidate.get(Reg.PRIQ_PROD) == registers.get(Register.PRIQ_PROD)
            && (candidate.get(Reg.CMDQ_CONS) & 0xf_ffff)
                == (registers.get(Register.CMDQ_CONS) & 0xf_ffff);
    return same ? null : "hidden bits of an index differ";
  }

  // Comparison.

  private void check(boolean hostFailedNow) {
    String difference = differences(model, true);
    if (difference == null) {
      difference = memory();
    }
    if (difference == null) {
      difference = invalidations(hostFailedNow);
    }
    if (difference != null) {
      throw new Mismatch(difference);
    }
    if (!hostFailedNow) {
      uncertain.removeIf(
          sid ->
              !model.hasDevice(sid)
                  || (attachment(model, sid, false) == null && loggedAsExpected(sid)));
    }
    rememberHwpts();
  }

  /** Whether the log has the stream where the model has it, and not on abort after a failure. */
  private boolean loggedAsExpected(int sid) {
    return machine.visible().stream(sid)
        .filter(it -> it.effective().name().equals(model.behaviour(sid).name()))
        .isPresent();
  }

  /** What the registers or the attachments of devices differ in; null if in nothing. */
  private @Nullable String differences(Architecture expected, boolean lenient) {
    for (Reg reg : Reg.values()) {
      if (waiting != null) {
        // The guest reads what it wrote, which has not taken effect.
        break;
      }
      long found = machine.read(reg.offset, reg.width);
      long wanted = expected.read(reg);
      if (reg == Reg.CMDQ_CONS && !expected.errorCodeCounts()) {
        found &= 0xf_ffff;
        wanted &= 0xf_ffff;
      }
      if (found != wanted) {
        return "%s reads 0x%x, the model has 0x%x".formatted(reg, found, wanted);
      }
    }
    Set<Integer> devices = machine.visible().devices().keySet();
    for (int sid : Layout.STREAM_IDS) {
      if (devices.contains(sid) != expected.hasDevice(sid)) {
        return "StreamID 0x%x %s a device"
            .formatted(sid, devices.contains(sid) ? "has" : "has not");
      }
      String difference = expected.hasDevice(sid) ? attachment(expected, sid, lenient) : null;
      if (difference != null) {
        return difference;
      }
    }
    return null;
  }

  private @Nullable String attachment(Architecture expected, int sid, boolean lenient) {
    Optional<Attachment> found =
        machine.host().attachment(Layout.ADDRESSES.get(Layout.STREAM_IDS.indexOf(sid)));
    Behaviour behaviour = expected.behaviour(sid);
    boolean same =
        found
            .filter(it -> it.kind().name().equals(behaviour.name()))
            .filter(
                it ->
                    behaviour != Behaviour.TRANSLATE
                        || (it.ste0() == expected.configuration(sid).word0()
                            && it.ste1() == expected.configuration(sid).word1()))
            .isPresent();
    boolean allowed =
        lenient
            && uncertain.contains(sid)
            && (found.isEmpty()
                || found.get().kind() == Attachment.Kind.ABORT
                || machine.visible().health().status() == Health.Status.FAILED);
    return same || allowed
        ? null
        : "the device of StreamID 0x%x has %s, the model %s %s"
            .formatted(
                sid,
                found.map(Attachment::toString).orElse("no attachment"),
                behaviour,
                expected.configuration(sid));
  }

  private @Nullable String memory() {
    for (Architecture.MemoryWrite write : model.writes()) {
      for (int i = 0; i < write.words().size(); i++) {
        long address = write.address() + 4L * i;
        int found = machine.readInt(address);
        if (found != write.words().get(i) && !isFetchAddress(write, i)) {
          return "memory at 0x%x has 0x%x, the model wrote 0x%x"
              .formatted(address, found, write.words().get(i));
        }
      }
    }
    return null;
  }

  /** The address of the STE that could not be fetched is the product's to fill in (7.3.4). */
  private static boolean isFetchAddress(Architecture.MemoryWrite write, int word) {
    return write.words().size() == 8 && (write.words().getFirst() & 0xff) == 3 && word >= 4;
  }

  private @Nullable String invalidations(boolean hostFailedNow) {
    List<IssuedCommand> issued = machine.issued();
    if (issued.size() < seenIssued) {
      seenIssued = 0;
    }
    List<long[]> all = model.forwarded();
    List<long[]> implied = all.subList(Math.min(seenForwarded, all.size()), all.size());
    List<long[]> expected =
        IntStream.range(0, implied.size())
            .filter(i -> !dispensable(implied, i))
            .mapToObj(implied::get)
            .toList();
    int next = 0;
    for (IssuedCommand command : issued.subList(seenIssued, issued.size())) {
      long[] found = Architecture.comparable(command.guest0(), command.guest1());
      if (next < expected.size() && same(expected.get(next), found)) {
        next++;
      } else if (hostFailed && expected.subList(0, next).stream().anyMatch(it -> same(it, found))) {
        // Repeated, as for an SMMU whose errata the host could not tell.
        coverage.count("repeated invalidations", 1);
      } else if (!mayBeExtra(found) && !hostFailedNow) {
        return "the host received the command 0x%x 0x%x, the model %s"
            .formatted(
                command.guest0(),
                command.guest1(),
                next < expected.size() ? hex(expected.get(next)) : "none");
      }
    }
    seenIssued = issued.size();
    seenForwarded = model.forwarded().size();
    return next == expected.size()
        ? null
        : "the host did not receive the command " + hex(expected.get(next));
  }

  /** An invalidation of CDs that an STE's invalidation implies, or of an uncertain stream. */
  private boolean mayBeExtra(long[] found) {
    int opcode = (int) found[0] & 0xff;
    return opcode == 0x06 || (opcode == 0x05 && uncertain.contains((int) (found[0] >>> 32)));
  }

  private static boolean same(long[] expected, long[] found) {
    return expected[0] == found[0] && expected[1] == found[1];
  }

  /**
   * Whether a command that an STE's invalidation implies is not needed: the stream has another HWPT
   * than before, or the same command was implied since the last CMD_SYNC.
   */
  private boolean dispensable(List<long[]> expected, int index) {
    long[] command = expected.get(index);
    int sid = (int) (command[0] >>> 32);
    int opcode = (int) command[0] & 0xff;
    if (uncertain.contains(sid) && (opcode == 0x05 || opcode == 0x06)) {
      // A stream that the host put on abort has no CDs in any cache.
      return true;
    }
    if (command.length < 3) {
      return false;
    }
    return !Objects.equals(hwpts.get(sid), hwpt(sid))
        || expected.subList(0, index).stream().anyMatch(it -> Arrays.equals(it, command));
  }

  private static String hex(long[] words) {
    return Arrays.stream(words).mapToObj(it -> "0x" + Long.toHexString(it)).toList().toString();
  }

  private @Nullable Integer hwpt(int sid) {
    return machine
        .host()
        .attachment(Layout.ADDRESSES.get(Layout.STREAM_IDS.indexOf(sid)))
        .map(Attachment::hwptId)
        .orElse(null);
  }

  private void rememberHwpts() {
    hwpts.clear();
    for (int sid : Layout.STREAM_IDS) {
      Integer hwpt = hwpt(sid);
      if (hwpt != null) {
        hwpts.put(sid, hwpt);
      }
    }
  }

  // The end of the program.

  /** Without faults everything must be as it should be, and nothing may be left over. */
  private void finish() {
    machine.host().faults(FaultPlan.none());
    machine.databaseAnswers(true);
    machine.logBusy(0);
    machine.arm(null, Trap.End.KILL);
    if (paused) {
      resume();
    }
    restart();
    if (!uncertain.isEmpty()) {
      recover();
    }
    List<VsmmuEvent> events = machine.events();
    Vsmmu.Fold fold = new Vsmmu.Fold();
    events.forEach(fold::accept);
    if (!fold.state().equals(machine.visible())) {
      throw new Mismatch("the fold of the log is not the state that the guest sees");
    }
    if (!hostFailed) {
      replay(events);
    }
    coverage.events(events.size());
    machine.delete();
    if (!machine.host().objects().equals(ObjectCounts.NONE)) {
      throw new Mismatch("the host still has " + machine.host().objects());
    }
  }

  /**
   * A stream that the host refused aborts until the guest configures it again, which enabling the
   * SMMU does for all.
   */
  private void recover() {
    if (!machine.connected()) {
      perform(Step.Simple.CONNECT);
    }
    access(Reg.CR0.offset, 4, model.get(Reg.CR0) & ~1L);
    access(Reg.CR0.offset, 4, model.get(Reg.CR0) | 1);
    if (!uncertain.isEmpty()) {
      throw new Mismatch(
          "after a failure of the host "
              + uncertain.stream()
                  .map(sid -> attachment(model, sid, false))
                  .filter(Objects::nonNull)
                  .toList());
    }
  }

  private static void replay(List<VsmmuEvent> events) {
    try (EventReplay replay = new EventReplay(new SimulatedReplayHost(), true)) {
      events.forEach(replay::accept);
      ReplayReport report = replay.finish();
      if (!report.divergences().isEmpty()) {
        throw new Mismatch("a replay of the log diverges: " + report.divergences().getFirst());
      }
    }
  }

  @Override
  public void close() {
    machine.close();
  }
}
