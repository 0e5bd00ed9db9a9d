package io.vsmmu.gateway.device;

import io.vsmmu.gateway.GuestSession;
import io.vsmmu.gateway.SessionObserver;
import io.vsmmu.gateway.device.RegisterView.NumberedAccess;
import io.vsmmu.posix.Fd;
import io.vsmmu.smmu.event.CommandQueueFailed;
import io.vsmmu.smmu.event.FaultsReported;
import io.vsmmu.smmu.event.GlobalErrorRaised;
import io.vsmmu.smmu.event.PageRequestsReported;
import io.vsmmu.smmu.event.VsmmuEvent;
import io.vsmmu.smmu.model.VsmmuState;
import io.vsmmu.smmu.spec.EventRecord;
import io.vsmmu.smmu.spec.GlobalError;
import io.vsmmu.smmu.spec.PageRequest;
import io.vsmmu.smmu.spec.Register;
import io.vsmmu.smmu.spec.SmmuCommand;
import io.vsmmu.smmu.stimulus.MemorySharing;
import io.vsmmu.smmu.stimulus.SteFetch;
import io.vsmmu.smmu.stimulus.Stimulus;
import io.vsmmu.vfiouser.PciFunction;
import io.vsmmu.vfiouser.VmmLink;
import io.vsmmu.vfiouser.memory.BackingKind;
import io.vsmmu.vfiouser.memory.DeviceDmaMapping;
import io.vsmmu.vfiouser.memory.GuestMemory;
import io.vsmmu.vfiouser.memory.MapRequest;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One vSMMU as the PCI function of one connected VMM. The thread that reads messages answers
 * register reads and puts everything else into the queue of accesses; {@link #work} submits them to
 * the session, which calls {@link #changed} with their effect.
 */
public final class SmmuFunction implements PciFunction, SessionObserver {

  /** The register frame: page 0 and page 1 of 64 KiB (IHI 0070, 6.1). */
  public static final long FRAME_BYTES = 0x20000;

  private final GuestSession session;
  private final Optional<Path> memoryFile;
  private final ExpansionRom rom;
  private final GatewayCounters counters;
  private final VmmLink vmm;
  private final GuestMemory memory;
  private final AccessQueue accesses = new AccessQueue(DeviceLimits.WAITING_ACCESSES);
  private final StreamTable streams;
  private final PendingSyncs syncs = new PendingSyncs();
  private final OutputQueue queues;
  private final Interrupts interrupts;
  private final RegisterView view;
  private final AccessProcessor processor;

  /** Used by one thread of the connection at a time. */
  private Stimulus peer = new Stimulus.ConnectVmm(0, 0);

  private volatile boolean negotiated;

  /**
   * The vSMMU behind the function.
   *
   * @param session takes its stimuli
   * @param devices makes guest RAM accessible to its host devices
   */
  public record Backend(GuestSession session, DeviceDmaMapping devices) {}

  /**
   * The function of a VMM that has just connected.
   *
   * @param memoryFile the file with the guest's RAM, for a VMM that sends no descriptors
   * @param rom the function's expansion ROM
   * @param vmm the link to the VMM; used from the first access on
   */
  public SmmuFunction(
      Backend backend,
      Optional<Path> memoryFile,
      ExpansionRom rom,
      VmmLink vmm,
      GatewayCounters counters) {
    this.session = backend.session();
    this.memory = new GuestMemory(backend.devices());
    this.streams = new StreamTable(memory);
    this.queues = new OutputQueue(memory);
    this.memoryFile = memoryFile;
    this.rom = rom;
    this.vmm = vmm;
    this.counters = counters;
    this.interrupts = new Interrupts(memory, vmm, counters);
    this.view = new RegisterView(session.visible());
    memory.allowAccess(false);
    this.processor =
        new AccessProcessor(
            accesses,
            session,
            view,
            new CommandFetch(memory, streams),
            streams,
            vmm.dma(),
            counters);
  }

  /**
   * Begins to observe the session for a VMM. The VMM is recorded when its VERSION is accepted.
   *
   * @param pid process ID of the VMM
   * @param uid user ID of the VMM
   */
  public void connected(long pid, long uid) {
    peer = new Stimulus.ConnectVmm(pid, uid);
    session.observe(this);
    view.changed(session.visible(), List.of());
  }

  @Override
  public void negotiated() {
    negotiated = true;
    enqueue(peer);
  }

  /** The guest's next read sees the effect of the stimulus. */
  private void enqueue(Stimulus stimulus) {
    enqueue(view.begin(new Access.Notice(stimulus)));
  }

  private void enqueue(NumberedAccess access) {
    if (!accesses.offer(access)) {
      // One message may contain more accesses than fit, and the thread that reads must not work.
      Thread.startVirtualThread(processor::drain);
      accesses.put(access, vmm::peerGone);
    }
  }

  /** Submits what the VMM requested, records why it disconnected, and releases its memory. */
  public void disconnected(String reason) {
    if (negotiated) {
      accesses.closeAfter(
          NumberedAccess.withoutNumber(new Access.Notice(new Stimulus.DisconnectVmm(reason))));
    } else {
      accesses.discard();
    }
    processor.drainFully();
    session.observe(SessionObserver.NONE);
    memory.close();
  }

  /** Reads the STE of a stream from guest memory. */
  public SteFetch read(int streamId) {
    return streams.read(view.visible(), streamId);
  }

  @Override
  public long barBytes() {
    return FRAME_BYTES;
  }

  @Override
  public int romBytes() {
    return rom.size();
  }

  @Override
  public void readRom(int offset, int count, ByteBuffer into, int at) {
    rom.read(offset, count, into, at);
  }

  @Override
  public long readRegister(int offset, int width) {
    counters.read();
    return view.read(offset, width);
  }

  @Override
  public void writeRegister(int offset, int width, long value) {
    counters.write();
    Access access =
        offset == Register.CMDQ_PROD.offset() && width == Integer.BYTES
            ? new Access.Doorbell(value)
            : new Access.RegisterWrite(offset, width, value);
    enqueue(view.begin(access));
  }

  @Override
  public int mapMemory(
      long address,
      long size,
      boolean readable,
      boolean writable,
      long offset,
      @Nullable Fd descriptor) {
    int errno =
        memory.map(
            new MapRequest(
                address, size, readable, writable, offset, descriptor, memoryFile, vmm.dma()));
    if (errno == 0) {
      enqueue(new Stimulus.MapMemory(address, size, readable, writable, sharing(address)));
    }
    return errno;
  }

  private MemorySharing sharing(long address) {
    return memory.regions().stream()
        .filter(region -> region.address() == address)
        .map(region -> sharing(region.kind()))
        .findFirst()
        .orElse(MemorySharing.MESSAGES);
  }

  private static MemorySharing sharing(BackingKind kind) {
    return switch (kind) {
      case DESCRIPTOR -> MemorySharing.DESCRIPTOR;
      case FILE -> MemorySharing.FILE;
      case MESSAGES -> MemorySharing.MESSAGES;
    };
  }

  @Override
  public int unmapMemory(long address, long size) {
    int errno = memory.unmap(address, size);
    if (errno == 0) {
      enqueue(new Stimulus.UnmapMemory(address, size));
    }
    return errno;
  }

  @Override
  public void unmapAllMemory() {
    boolean any = !memory.regions().isEmpty();
    memory.unmapAll();
    if (any) {
      enqueue(Stimulus.UnmapMemory.all());
    }
  }

  @Override
  public boolean hasWork() {
    return !accesses.isEmpty();
  }

  @Override
  public void work() {
    processor.drain();
  }

  /**
   * Submits everything that waits, and waits for another thread that does so: the effect of all
   * earlier accesses is visible afterwards.
   */
  public void finishWork() {
    processor.drainFully();
  }

  @Override
  public void connectionEnding() {
    accesses.guestLeft();
  }

  @Override
  public void reset() {
    enqueue(view.begin(new Access.Reset()));
  }

  @Override
  public void memoryAccessChanged(boolean allowed) {
    memory.allowAccess(allowed);
  }

  /**
   * Makes the effect of a stimulus visible, in the order of the architecture: records are written
   * to the guest's queues, then registers change (a record is in memory before PROD moves), then
   * interrupts are signalled.
   */
  @Override
  public void changed(VsmmuState now, List<VsmmuEvent> events) {
    List<GlobalError> aborted = new ArrayList<>();
    VsmmuState before = view.visible();
    for (VsmmuEvent event : events) {
      switch (event) {
        case FaultsReported faults when faults.queued() > 0 -> write(before, faults, aborted);
        case PageRequestsReported pages when pages.queued() > 0 -> write(before, pages, aborted);
        default -> {}
      }
    }
    view.changed(now, events);
    for (SmmuCommand.Sync sync : syncs.completedBy(events)) {
      interrupts.signal(now, sync).ifPresent(aborted::add);
    }
    for (VsmmuEvent event : events) {
      source(before, event).flatMap(s -> interrupts.signal(now, s)).ifPresent(aborted::add);
    }
    aborted.stream().distinct().forEach(this::report);
  }

  /** On another thread: this one holds the session's lock. */
  private void report(GlobalError error) {
    if (view.isResetPending()) {
      // An error from before a reset must not appear after it.
      return;
    }
    accesses.putOverLimit(
        NumberedAccess.withoutNumber(new Access.Notice(new Stimulus.ReportAbort(error))));
    Thread.startVirtualThread(processor::drain);
  }

  /** The interrupt source that an event activates, if any. */
  private static Optional<Interrupts.Source> source(VsmmuState before, VsmmuEvent event) {
    return switch (event) {
      case CommandQueueFailed failed ->
          moved(before, Register.GERROR, failed.gerror(), Interrupts.Source.GERROR);
      // An aborted MSI of GERROR must not cause another one (IHI 0070, 7.5.1).
      case GlobalErrorRaised raised when raised.error() == GlobalError.MSI_GERROR_ABT_ERR ->
          Optional.empty();
      case GlobalErrorRaised raised ->
          moved(before, Register.GERROR, raised.gerror(), Interrupts.Source.GERROR);
      case FaultsReported faults ->
          moved(before, Register.EVENTQ_PROD, faults.prod(), Interrupts.Source.EVENTQ);
      case PageRequestsReported pages ->
          moved(before, Register.PRIQ_PROD, pages.prod(), Interrupts.Source.PRIQ);
      default -> Optional.empty();
    };
  }

  private static Optional<Interrupts.Source> moved(
      VsmmuState before, Register register, long value, Interrupts.Source source) {
    // With the bits that the queue's size hides: an event that changes nothing keeps them.
    return before.registers().get(register) == value ? Optional.empty() : Optional.of(source);
  }

  private void write(VsmmuState before, FaultsReported faults, List<GlobalError> aborted) {
    List<byte[]> records =
        faults.records().subList(0, faults.queued()).stream().map(EventRecord::toBytes).toList();
    long base = before.value(Register.EVENTQ_BASE);
    long prod = before.value(Register.EVENTQ_PROD);
    if (!queues.write(base, prod, before.eventQueueLog2Size(), records)) {
      aborted.add(GlobalError.EVENTQ_ABT_ERR);
    }
  }

  private void write(VsmmuState before, PageRequestsReported pages, List<GlobalError> aborted) {
    List<byte[]> records =
        pages.records().subList(0, pages.queued()).stream().map(PageRequest::toBytes).toList();
    long base = before.value(Register.PRIQ_BASE);
    long prod = before.value(Register.PRIQ_PROD);
    if (!queues.write(base, prod, before.priQueueLog2Size(), records)) {
      aborted.add(GlobalError.PRIQ_ABT_ERR);
    }
  }
}
