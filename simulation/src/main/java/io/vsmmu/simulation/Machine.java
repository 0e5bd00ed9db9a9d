package io.vsmmu.simulation;

import io.vsmmu.gateway.GuestSession;
import io.vsmmu.gateway.SessionLimits;
import io.vsmmu.gateway.device.ExpansionRom;
import io.vsmmu.gateway.device.GatewayCounters;
import io.vsmmu.gateway.device.SmmuFunction;
import io.vsmmu.host.HostIommu;
import io.vsmmu.host.HostResult;
import io.vsmmu.host.IommuContext;
import io.vsmmu.host.SmmuIds;
import io.vsmmu.host.apply.HostIds;
import io.vsmmu.host.apply.InvalidationCounters;
import io.vsmmu.host.apply.VmSpace;
import io.vsmmu.host.apply.VsmmuHost;
import io.vsmmu.host.simulated.FaultPlan;
import io.vsmmu.host.simulated.IssuedCommand;
import io.vsmmu.host.simulated.SimulatedHost;
import io.vsmmu.host.simulated.TopologyBuilder;
import io.vsmmu.posix.Fd;
import io.vsmmu.posix.Memfd;
import io.vsmmu.posix.PosixException;
import io.vsmmu.posix.SharedMapping;
import io.vsmmu.simulation.Step.Boundary;
import io.vsmmu.smmu.aggregate.Applied;
import io.vsmmu.smmu.aggregate.EventMetaData;
import io.vsmmu.smmu.event.CommandsConsumed;
import io.vsmmu.smmu.event.VsmmuEvent;
import io.vsmmu.smmu.model.HostObject;
import io.vsmmu.smmu.model.VsmmuState;
import io.vsmmu.smmu.spec.EventRecord;
import io.vsmmu.smmu.spec.IdField;
import io.vsmmu.smmu.spec.IdRegisters;
import io.vsmmu.smmu.spec.OnOffAuto;
import io.vsmmu.smmu.spec.PageRequest;
import io.vsmmu.smmu.spec.VsmmuProperties;
import io.vsmmu.smmu.stimulus.HostDevice;
import io.vsmmu.smmu.stimulus.HostOperation;
import io.vsmmu.smmu.stimulus.Origin;
import io.vsmmu.smmu.stimulus.SteFetch;
import io.vsmmu.smmu.stimulus.Stimulus;
import io.vsmmu.vfiouser.VmmLink;
import io.vsmmu.vfiouser.memory.DeviceDmaMapping;
import io.vsmmu.vfiouser.memory.DmaChannel;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The product: a vSMMU behind a VMM's connection, its log, and a simulated host with devices. The
 * process that it runs in can end at any boundary and start again; guest memory, the host's kernel
 * and the storage outlive it.
 */
final class Machine implements AutoCloseable, Architecture.Memory {

  private static final String OPERATOR = "operator";

  /** The outcome of invalidations is recorded with the next submission, never by a timer. */
  private static final SessionLimits LIMITS =
      new SessionLimits(64, 4096, Duration.ofHours(1), Duration.ofMillis(1));

  private static final long PATIENCE_SECONDS = 60;

  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final Setup setup;
  private final IdRegisters ids;
  private final IdRegisters hostIds;
  private final SimulatedHost host;
  private final WatchedHost watched;
  private final Storage storage;
  private final Trap trap;

  /** The guest's memory. Each VMM has a file of its own, with what was in the one before. */
  private SharedMapping ram;

  /** Submissions that the log refuses before it takes one. */
  private int busy;

  /** How often the faults of devices were delivered to a session. */
  private final AtomicInteger delivered = new AtomicInteger();

  private @Nullable Process process;

  /** What ends with the process. */
  private static final class Process {
    final VsmmuHost objects;
    final GuestSession session;
    @Nullable SmmuFunction function;

    Process(VsmmuHost objects, GuestSession session) {
      this.objects = objects;
      this.session = session;
    }
  }

  Machine(Setup setup) {
    this.setup = setup;
    this.trap = new Trap();
    this.storage = Storages.of(setup, trap);
    SmmuIds raw = TopologyBuilder.standardIds();
    this.hostIds = HostIds.read(raw);
    this.ids = shown(setup);
    this.host = new SimulatedHost(TopologyBuilder.recorded(raw, Layout.ADDRESSES).build(), 4096);
    this.watched = new WatchedHost(host);
    try (Fd file = Memfd.create("simulated-ram", Layout.RAM_BYTES)) {
      ram = SharedMapping.of(file, 0, Layout.RAM_BYTES, true);
    } catch (PosixException failed) {
      throw new IllegalStateException(failed);
    }
    storage.start();
    begin(VsmmuState.ABSENT);
    post(new Stimulus.Create(Origin.LIVE, setup.durability(), properties(), ids));
  }

  private static IdRegisters shown(Setup setup) {
    IdRegisters ids =
        IdRegisters.DEFAULT
            .withStage2(false)
            .withMsi(setup.msi())
            .withAts(setup.ats())
            .withSsidSize(setup.ssidBits());
    return setup.pri() ? ids.with(IdField.PRI, 1).with(IdField.PRIQS, 17) : ids;
  }

  private VsmmuProperties properties() {
    return new VsmmuProperties(
        onOff(setup.ats()), OnOffAuto.ON, ids.oasBits(), setup.ssidBits(), onOff(setup.msi()));
  }

  private static OnOffAuto onOff(boolean value) {
    return value ? OnOffAuto.ON : OnOffAuto.OFF;
  }

  // Processes.

  private void begin(VsmmuState known) {
    VmSpace space = new VmSpace(watched);
    GuestSession[] session = new GuestSession[1];
    VsmmuHost objects =
        setup.readFaults()
            ? new VsmmuHost(
                space, faults -> deliver(session[0], faults), new InvalidationCounters())
            : new VsmmuHost(space);
    session[0] =
        new GuestSession(
            storage.aggregate().toString(),
            known,
            (vsmmu, stimuli, subject) -> {
              refuseWhileBusy();
              return storage.log().submit(vsmmu, stimuli, subject);
            },
            decided -> {
              trap.reached(Boundary.APPLYING, storage::keep);
              Optional<Stimulus.ReportHostOutcome> outcome =
                  objects.apply(decided.events(), decided.sequence(), decided.after());
              trap.reached(Boundary.APPLIED, storage::keep);
              return outcome;
            },
            LIMITS);
    process = new Process(objects, session[0]);
  }

  private void deliver(GuestSession session, Stimulus.ReportFaults faults) {
    try {
      session.perform(faults);
    } finally {
      delivered.incrementAndGet();
    }
  }

  private synchronized void refuseWhileBusy() {
    if (busy > 0) {
      busy--;
      throw new IllegalStateException("the log takes nothing");
    }
  }

  private Process process() {
    Process running = process;
    if (running == null) {
      throw new IllegalStateException("no process runs");
    }
    return running;
  }

  /** Starts the service again, as its start does, and lets the VMM that was connected connect. */
  void start() {
    trap.rearm();
    storage.start();
    VsmmuState known = storage.state();
    begin(known);
    Process running = process();
    Optional<CommandsConsumed> pending = pending(known);
    running
        .objects
        .rebuild(known, pending)
        .ifPresent(report -> submit(report, EventMetaData.RECOVERY));
    if (known.vmm().connected()) {
      submit(new Stimulus.DisconnectVmm("the service ended"), EventMetaData.RECOVERY);
      connect();
    }
  }

  private Optional<CommandsConsumed> pending(VsmmuState state) {
    if (!state.commandQueue().awaitsHost()) {
      return Optional.empty();
    }
    VsmmuEvent event = storage.events().get((int) state.commandQueue().awaiting());
    return event instanceof CommandsConsumed slice ? Optional.of(slice) : Optional.empty();
  }

  /** The service ends in good order. */
  void end() {
    Process running = process();
    busy = 0;
    trap.arm(null, Trap.End.KILL);
    running.session.close();
    running.objects.close();
    process = null;
    storage.end();
  }

  /** The process is gone, or the machine has no power. */
  void die(Trap.End how) {
    Process running = process();
    busy = 0;
    // The kernel frees everything of a process that ends.
    host.faults(FaultPlan.none());
    storage.die(how);
    running.session.close();
    running.objects.close();
    process = null;
  }

  /** How the process ended while it worked; empty if it runs. */
  Optional<Trap.End> ended() {
    return trap.ended();
  }

  void arm(@Nullable Boundary boundary, Trap.End how) {
    trap.arm(boundary, how);
  }

  /** The number of events that the storage promised to have after the last end. */
  long promised() {
    return storage.promised();
  }

  void logBusy(int times) {
    busy = times;
  }

  void databaseAnswers(boolean answers) {
    storage.databaseAnswers(answers);
  }

  // The VMM and the guest.

  boolean connected() {
    return process != null && process().function != null;
  }

  void connect() {
    SmmuFunction function =
        new SmmuFunction(
            new SmmuFunction.Backend(process().session, DeviceDmaMapping.NONE),
            Optional.empty(),
            ExpansionRom.none(),
            new SilentLink(),
            new GatewayCounters());
    function.connected(1, 0);
    function.negotiated();
    try {
      Fd file = Memfd.create("simulated-ram", Layout.RAM_BYTES);
      SharedMapping next = SharedMapping.of(file, 0, Layout.RAM_BYTES, true);
      next.segment().copyFrom(ram.segment());
      ram.close();
      ram = next;
      int errno = function.mapMemory(Layout.RAM, Layout.RAM_BYTES, true, true, 0, file);
      if (errno != 0) {
        throw new IllegalStateException("memory is refused: errno " + errno);
      }
    } catch (PosixException failed) {
      throw new IllegalStateException(failed);
    }
    function.memoryAccessChanged(true);
    function.finishWork();
    process().function = function;
  }

  void disconnect() {
    function().disconnected("the program says so");
    process().function = null;
  }

  private SmmuFunction function() {
    SmmuFunction function = process().function;
    if (function == null) {
      throw new IllegalStateException("no VMM is connected");
    }
    return function;
  }

  long read(int offset, int width) {
    return connected()
        ? function().readRegister(offset, width)
        : process().session.visible().read(offset, width);
  }

  /** Writes a register. */
  void write(int offset, int width, long value) {
    function().writeRegister(offset, width, value);
  }

  void reset() {
    function().reset();
  }

  /** Lets the SMMU do everything that waits. */
  void finish() {
    if (connected()) {
      function().finishWork();
    }
  }

  // Guest memory.

  void store(long address, List<Long> words) {
    long at = address - Layout.RAM;
    for (long word : words) {
      if (at >= 0 && at + Long.BYTES <= Layout.RAM_BYTES) {
        ram.segment().set(LONG, at, word);
      }
      at += Long.BYTES;
    }
  }

  int readInt(long address) {
    return ram.segment().get(INT, address - Layout.RAM);
  }

  @Override
  public Optional<long[]> read(long address, int words) {
    return read(address, words, ram.segment());
  }

  private static Optional<long[]> read(long address, int words, MemorySegment ram) {
    if (!contains(address, words * Long.BYTES)) {
      return Optional.empty();
    }
    long[] read = new long[words];
    for (int i = 0; i < words; i++) {
      read[i] = ram.get(LONG, address - Layout.RAM + (long) i * Long.BYTES);
    }
    return Optional.of(read);
  }

  @Override
  public boolean writable(long address, int bytes) {
    return contains(address, bytes);
  }

  private static boolean contains(long address, int bytes) {
    return address >= Layout.RAM && address - Layout.RAM <= Layout.RAM_BYTES - bytes;
  }

  // Operators and the host.

  private Applied post(Stimulus stimulus) {
    return submit(stimulus, OPERATOR);
  }

  private Applied submit(Stimulus stimulus, String subject) {
    try {
      return process()
          .session
          .post(stimulus, subject)
          .orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS)
          .join();
    } catch (CompletionException failed) {
      Throwable cause = failed.getCause();
      if (cause instanceof ProcessEndedError ended) {
        throw ended;
      }
      throw cause instanceof RuntimeException runtime ? runtime : failed;
    }
  }

  /**
   * Submits what an operator or the host asks for.
   *
   * @return whether the log took it
   */
  boolean accepts(Stimulus stimulus) {
    try {
      post(stimulus);
      return true;
    } catch (RuntimeException refused) {
      return false;
    }
  }

  /** Attaches a device as the service does: an attachment that the host refuses is undone. */
  boolean attach(int index) {
    int sid = Layout.STREAM_IDS.get(index);
    SteFetch fetch = connected() ? function().read(sid) : SteFetch.unknown(sid);
    HostDevice device =
        new HostDevice(
            Layout.ADDRESSES.get(index), TopologyBuilder.SMMU0, index + 1, hostIds, true);
    Applied applied;
    try {
      applied =
          post(new Stimulus.AttachDevice(sid, device, onOff(setup.ats()), visible().ids(), fetch));
    } catch (RuntimeException refused) {
      return false;
    }
    boolean failed =
        applied.outcome().stream()
            .flatMap(outcome -> outcome.operations().stream())
            .anyMatch(it -> !it.succeeded() && it.kind() != HostOperation.Kind.DESTROY);
    if (failed) {
      return !accepts(new Stimulus.DetachDevice(sid, Optional.of(ids)));
    }
    return true;
  }

  /** A device causes an event, which the host reports if it can. */
  boolean fault(int index, EventRecord event) {
    if (!setup.readFaults()) {
      return accepts(new Stimulus.ReportFaults(List.of(event), 0));
    }
    int before = delivered.get();
    SimulatedHost.FaultDelivery delivery =
        host.deviceFault(
            Layout.ADDRESSES.get(index),
            event.word0(),
            event.word1(),
            event.word2(),
            event.word3());
    if (delivery != SimulatedHost.FaultDelivery.QUEUED) {
      return false;
    }
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (delivered.get() == before && System.nanoTime() < end) {
      Thread.onSpinWait();
    }
    return true;
  }

  boolean pageRequests(List<long[]> requests) {
    return accepts(
        new Stimulus.ReportPageRequests(
            requests.stream().map(it -> new PageRequest(it[0], it[1])).toList()));
  }

  VsmmuState visible() {
    return process().session.visible();
  }

  /** The state that the log gives. */
  VsmmuState logged() {
    return storage.state();
  }

  List<VsmmuEvent> events() {
    return storage.events();
  }

  SimulatedHost host() {
    return host;
  }

  /** The commands that the present process sent to the physical SMMU. */
  List<IssuedCommand> issued() {
    VsmmuState state = visible();
    HostObject viommu = state.objects().get(state.hostHandles().viommu());
    return viommu == null
        ? List.of()
        : watched.context().map(it -> host.issued(it, viommu.kernelId())).orElse(List.of());
  }

  /** Deletes the vSMMU. */
  void delete() {
    if (connected()) {
      disconnect();
    }
    post(new Stimulus.Delete());
  }

  @Override
  public void close() {
    Process running = process;
    if (running != null) {
      trap.end();
      running.session.close();
      running.objects.close();
    }
    storage.close();
    ram.close();
  }

  /** A host whose newest iommufd is known. */
  private static final class WatchedHost implements HostIommu {

    private final SimulatedHost host;
    private volatile Optional<IommuContext> context = Optional.empty();

    WatchedHost(SimulatedHost host) {
      this.host = host;
    }

    Optional<IommuContext> context() {
      return context;
    }

    @Override
    public io.vsmmu.host.HostDescription describe() {
      return host.describe();
    }

    @Override
    public HostResult<IommuContext> open() {
      HostResult<IommuContext> opened = host.open();
      if (opened instanceof HostResult.Ok<IommuContext>(IommuContext open)) {
        context = Optional.of(open);
      }
      return opened;
    }
  }

  /** A VMM that shares its memory and is not interrupted. */
  private static final class SilentLink implements VmmLink {

    @Override
    public DmaChannel dma() {
      return DmaChannel.NONE;
    }

    @Override
    public void raiseInterrupt() {
      // A wire has no effect on memory.
    }

    @Override
    public boolean peerGone() {
      return false;
    }
  }
}
