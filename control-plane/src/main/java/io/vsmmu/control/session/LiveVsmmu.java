package io.vsmmu.control.session;

import io.vsmmu.db.log.RegisteredVsmmu;
import io.vsmmu.gateway.DecisionLog;
import io.vsmmu.gateway.GuestSession;
import io.vsmmu.gateway.SessionLimits;
import io.vsmmu.gateway.device.SmmuFunction;
import io.vsmmu.host.apply.InvalidationCounters;
import io.vsmmu.host.apply.VmSpace;
import io.vsmmu.host.apply.VsmmuHost;
import io.vsmmu.smmu.aggregate.Applied;
import io.vsmmu.smmu.aggregate.EventMetaData;
import io.vsmmu.smmu.event.CommandsConsumed;
import io.vsmmu.smmu.model.VsmmuState;
import io.vsmmu.smmu.stimulus.Stimulus;
import io.vsmmu.smmu.stimulus.Stimulus.ReportFaults;
import io.vsmmu.vfiouser.memory.DeviceDmaMapping;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionException;

/** A vSMMU that accepts stimuli, with its session and its objects on the host. Thread-safe. */
public final class LiveVsmmu implements AutoCloseable {

  private final VmSpace space;
  private final VsmmuHost objects;
  private final DeviceDmaMapping devices;
  private final GuestSession session;

  /**
   * Starts the session.
   *
   * @param known the state after the last event
   * @param space the objects on the host that the vSMMUs of its VM share
   * @param counters counts invalidations
   */
  LiveVsmmu(
      RegisteredVsmmu vsmmu,
      VsmmuState known,
      DecisionLog log,
      VmSpace space,
      InvalidationCounters counters,
      SessionLimits limits) {
    this.space = space;
    this.objects = new VsmmuHost(space, this::faulted, counters);
    this.devices = new VmDmaMapping(vsmmu.name(), space);
    String id = vsmmu.aggregateId().toString();
    this.session =
        new GuestSession(
            id,
            known,
            log,
            decided -> objects.apply(decided.events(), decided.sequence(), decided.after()),
            limits);
  }

  /**
   * Submits a stimulus and waits until it is durable and applied.
   *
   * @param subject the user on whose behalf, which the log keeps
   */
  public Applied submit(Stimulus stimulus, String subject) {
    try {
      return session.post(stimulus, subject).join();
    } catch (CompletionException failed) {
      throw failed.getCause() instanceof RuntimeException cause ? cause : failed;
    }
  }

  /** The session and the memory of the VM, as the vfio-user function needs them. */
  public SmmuFunction.Backend function() {
    return new SmmuFunction.Backend(session, devices);
  }

  /** Runs on the thread that reads faults. While it waits, the kernel buffers further faults. */
  private void faulted(ReportFaults faults) {
    session.perform(faults);
  }

  /** StreamIDs of devices that their VMM detached or attached to another page table. */
  public Set<Integer> detachedByVmm() {
    return objects.detachedByVmm();
  }

  /** The objects on the host that the vSMMUs of the VM share. */
  public VmSpace space() {
    return space;
  }

  /** Makes the objects of a state on the host. To be called before the first stimulus. */
  void rebuild(VsmmuState state, Optional<CommandsConsumed> pending) {
    objects.rebuild(state, pending).ifPresent(report -> submit(report, EventMetaData.RECOVERY));
  }

  /** Finishes pending stimuli, then destroys the objects on the host. */
  @Override
  public void close() {
    session.close();
    objects.close();
  }

  /** Finishes pending stimuli; the objects on the host stay for the next process. */
  void abandon() {
    session.close();
    objects.abandon();
  }
}
