package io.vsmmu.gateway.device;

import io.vsmmu.gateway.GuestSession;
import io.vsmmu.gateway.device.RegisterView.NumberedAccess;
import io.vsmmu.smmu.aggregate.StimulusRefusedException;
import io.vsmmu.smmu.model.Lifecycle;
import io.vsmmu.smmu.model.VsmmuState;
import io.vsmmu.smmu.spec.ControlFields;
import io.vsmmu.smmu.spec.Register;
import io.vsmmu.smmu.spec.TableFields;
import io.vsmmu.smmu.stimulus.SteFetch;
import io.vsmmu.smmu.stimulus.Stimulus;
import io.vsmmu.smmu.stimulus.Stimulus.ConsumeCommands;
import io.vsmmu.vfiouser.memory.DmaChannel;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Submits the accesses that wait to the session, one after the other. A slice of the command queue
 * is read from guest memory only when it is submitted, so that a slow log is given few, large
 * slices, and the guest's own queue is the buffer.
 *
 * <p>Has no thread: {@link #drain} runs on the thread of the connection that has work to do, on a
 * virtual one when the queue is full or the function itself reports an error, and on the thread
 * that serves the connection at its end. {@code processing} is held by the thread that submits,
 * which takes the session's lock under it for each access.
 */
final class AccessProcessor {

  private static final System.Logger LOGGER = System.getLogger(AccessProcessor.class.getName());

  private final ReentrantLock processing = new ReentrantLock();

  private final AccessQueue queue;
  private final GuestSession session;
  private final RegisterView view;
  private final CommandFetch commands;
  private final StreamTable streams;
  private final DmaChannel dma;
  private final GatewayCounters counters;

  AccessProcessor(
      AccessQueue queue,
      GuestSession session,
      RegisterView view,
      CommandFetch commands,
      StreamTable streams,
      DmaChannel dma,
      GatewayCounters counters) {
    this.queue = queue;
    this.session = session;
    this.view = view;
    this.commands = commands;
    this.streams = streams;
    this.dma = dma;
    this.counters = counters;
  }

  /** Submits everything that waits, unless another thread is doing so; may wait for the session. */
  void drain() {
    while (!queue.isEmpty() && processing.tryLock()) {
      try {
        drainNow();
      } finally {
        processing.unlock();
      }
    }
  }

  /** Waits for another thread that submits, and submits everything that still waits. */
  void drainFully() {
    processing.lock();
    try {
      drainNow();
    } finally {
      processing.unlock();
    }
  }

  private void drainNow() {
    try {
      Optional<NumberedAccess> next = queue.poll();
      while (next.isPresent()) {
        NumberedAccess access = next.get();
        if (!access.access().waitsWhilePaused() || awaitRunning()) {
          perform(access);
        }
        view.complete(access);
        next = queue.poll();
      }
    } catch (IllegalStateException | StimulusRefusedException sessionEnded) {
      // What the log does not contain was not acknowledged to the guest.
      LOGGER.log(Level.WARNING, "a guest's accesses end here: {0}", sessionEnded.getMessage());
      queue.discard();
    }
  }

  private void perform(NumberedAccess access) {
    switch (access.access()) {
      case Access.Doorbell(long prod) -> consume(prod, access);
      case Access.RegisterWrite write -> write(write, access);
      case Access.Reset _ -> submit(new Stimulus.Reset(Stimulus.ResetSource.VMM));
      case Access.Notice(Stimulus stimulus) -> submit(stimulus);
    }
  }

  private void write(Access.RegisterWrite write, NumberedAccess access) {
    dma.renewTimeBudget();
    submit(
        new Stimulus.WriteRegister(write.offset(), write.width(), write.value(), fetches(write)));
    view.complete(access);
    VsmmuState after = view.visible();
    if (runs(after)) {
      // The write may have enabled the queue or acknowledged its error; it then continues.
      consume(after.value(Register.CMDQ_PROD), access);
    }
  }

  /** The STEs of the streams with a device, if the write enables the SMMU; else none. */
  private List<SteFetch> fetches(Access.RegisterWrite write) {
    VsmmuState state = view.visible();
    boolean enables =
        write.offset() == Register.CR0.offset()
            && write.width() == Integer.BYTES
            && ControlFields.SMMUEN.isSet(write.value())
            && !state.enabled();
    return enables
        ? state.devices().keySet().stream().map(sid -> streams.read(state, sid)).toList()
        : List.of();
  }

  /** Consumes the command queue up to {@code first}, and up to doorbells that follow meanwhile. */
  private void consume(long first, NumberedAccess access) {
    long prod = first;
    NumberedAccess newest = access;
    boolean more = true;
    while (more && awaitRunning()) {
      Optional<NumberedAccess> doorbell = queue.pollDoorbell();
      if (doorbell.isPresent() && doorbell.get().access() instanceof Access.Doorbell(long next)) {
        prod = next;
        newest = doorbell.get();
      }
      more = consumeSlice(prod);
    }
    view.complete(newest);
  }

  /** Consumes a slice; returns whether there may be another. */
  private boolean consumeSlice(long prod) {
    VsmmuState state = awaitHostOutcome();
    dma.renewTimeBudget();
    ConsumeCommands slice = commands.slice(state, prod);
    if (!runs(state) || (slice.entries().isEmpty() && !slice.fetchFault())) {
      record(prod, state, slice);
      return false;
    }
    if (slice.fetchFault() && queue.guestLeavesWithin(DeviceLimits.LEAVE_GRACE)) {
      // The VMM ended and unmapped the queue before it was read: that is no error of its guest.
      return false;
    }
    counters.slice(slice.entries().size());
    submit(slice);
    // No progress: an error stopped the queue, or the VMM left while the log was unavailable.
    return view.visible().commandQueue().fetched() != state.commandQueue().fetched();
  }

  /**
   * Records a doorbell without effect: the queue is stopped or disabled, or PROD is out of range.
   */
  private void record(long prod, VsmmuState state, ConsumeCommands nothing) {
    long value = TableFields.WR.get(prod);
    if (state.value(Register.CMDQ_PROD) != value) {
      submit(
          runs(state)
              ? nothing
              : new Stimulus.WriteRegister(
                  Register.CMDQ_PROD.offset(), Integer.BYTES, value, List.of()));
    }
  }

  private static boolean runs(VsmmuState state) {
    return state.commandQueueEnabled() && !state.commandQueueStopped();
  }

  /** Waits until the host's outcome of the last slice is in the log; returns the state then. */
  private VsmmuState awaitHostOutcome() {
    VsmmuState state = view.visible();
    while (state.commandQueue().awaitsHost() && !guestLeft()) {
      pause();
      state = view.visible();
    }
    return state;
  }

  /** Waits while the vSMMU is paused; false when its VMM left meanwhile, or it was deleted. */
  private boolean awaitRunning() {
    Lifecycle lifecycle = view.visible().lifecycle();
    while (lifecycle == Lifecycle.PAUSED && !guestLeft()) {
      pause();
      lifecycle = view.visible().lifecycle();
    }
    return lifecycle == Lifecycle.RUNNING;
  }

  private boolean guestLeft() {
    return queue.hasGuestLeft() || Thread.currentThread().isInterrupted();
  }

  private void pause() {
    view.awaitChange(DeviceLimits.POLL_INTERVAL);
  }

  private void submit(Stimulus stimulus) {
    session.perform(stimulus);
  }
}
