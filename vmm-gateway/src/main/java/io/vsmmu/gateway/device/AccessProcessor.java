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
 * Gives what waits to the session, one after the other, on the thread that brings it. A slice of
 * the command queue is read from guest memory when its turn comes, so that a slow log finds few,
 * large slices, and the guest's own queue is the buffer.
 */
final class AccessProcessor {

  private static final System.Logger LOGGER = System.getLogger(AccessProcessor.class.getName());

  /** Held by the thread that drains. */
  private final ReentrantLock running = new ReentrantLock();

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

  /** Gives everything to the session that waits, unless another thread does; may wait itself. */
  void drain() {
    while (!queue.isEmpty() && running.tryLock()) {
      try {
        drainNow();
      } finally {
        running.unlock();
      }
    }
  }

  /** The same after another thread that does. */
  void drainToTheEnd() {
    running.lock();
    try {
      drainNow();
    } finally {
      running.unlock();
    }
  }

  private void drainNow() {
    try {
      Optional<NumberedAccess> next = queue.poll();
      while (next.isPresent()) {
        NumberedAccess begun = next.get();
        if (!begun.access().ofGuest() || resumed()) {
          perform(begun);
        }
        view.took(begun);
        next = queue.poll();
      }
    } catch (IllegalStateException | StimulusRefusedException sessionEnded) {
      // What is not in the log was not acknowledged.
      LOGGER.log(Level.WARNING, "a guest's accesses end here: {0}", sessionEnded.getMessage());
      queue.abandon();
    }
  }

  private void perform(NumberedAccess begun) {
    switch (begun.access()) {
      case Access.Doorbell(long prod) -> consume(prod, begun);
      case Access.RegisterWrite write -> write(write, begun);
      case Access.Reset _ -> submit(new Stimulus.Reset(Stimulus.ResetSource.VMM));
      case Access.Notice(Stimulus stimulus) -> submit(stimulus);
    }
  }

  private void write(Access.RegisterWrite write, NumberedAccess begun) {
    dma.renewTimeBudget();
    submit(
        new Stimulus.WriteRegister(write.offset(), write.width(), write.value(), fetches(write)));
    view.took(begun);
    VsmmuState after = view.visible();
    if (runs(after)) {
      // Enabling the queue, or acknowledging its error, lets it go on.
      consume(after.value(Register.CMDQ_PROD), begun);
    }
  }

  /** The STEs of the streams with a device, when the write enables the SMMU. */
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

  /** Consumes up to {@code rung}, and up to what rings meanwhile. */
  private void consume(long rung, NumberedAccess begun) {
    long prod = rung;
    NumberedAccess newest = begun;
    boolean more = true;
    while (more && resumed()) {
      Optional<NumberedAccess> rings = queue.takeDoorbell();
      if (rings.isPresent() && rings.get().access() instanceof Access.Doorbell(long next)) {
        prod = next;
        newest = rings.get();
      }
      more = consumeSlice(prod);
    }
    view.took(newest);
  }

  /** Consumes a slice; whether there may be another. */
  private boolean consumeSlice(long prod) {
    VsmmuState state = settled();
    dma.renewTimeBudget();
    ConsumeCommands slice = commands.slice(state, prod);
    if (!runs(state) || (slice.entries().isEmpty() && !slice.fetchFault())) {
      record(prod, state, slice);
      return false;
    }
    if (slice.fetchFault() && queue.leavesWithin(DeviceLimits.LEAVE_GRACE)) {
      // The VMM went with its memory before this was read: no error of its guest.
      return false;
    }
    counters.slice(slice.entries().size());
    submit(slice);
    // Else an error stopped the queue, or the VMM left while the log was away.
    return view.visible().commandQueue().fetched() != state.commandQueue().fetched();
  }

  /** A doorbell that makes nothing happen: the queue stands still, or PROD is out of step. */
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

  /** The state once the host's outcome of what was consumed is in the log. */
  private VsmmuState settled() {
    VsmmuState state = view.visible();
    while (state.commandQueue().awaitsHost() && !gone()) {
      pause();
      state = view.visible();
    }
    return state;
  }

  /** Waits while the vSMMU is paused; false when its VMM left meanwhile, or it was deleted. */
  private boolean resumed() {
    Lifecycle lifecycle = view.visible().lifecycle();
    while (lifecycle == Lifecycle.PAUSED && !gone()) {
      pause();
      lifecycle = view.visible().lifecycle();
    }
    return lifecycle == Lifecycle.RUNNING;
  }

  private boolean gone() {
    return queue.left() || Thread.currentThread().isInterrupted();
  }

  /** Until the vSMMU changes, or for a while. */
  private void pause() {
    view.awaitChange(DeviceLimits.POLL_INTERVAL);
  }

  private void submit(Stimulus stimulus) {
    session.perform(stimulus);
  }
}
