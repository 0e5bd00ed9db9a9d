package io.vsmmu.control.session;

import io.vsmmu.db.log.RegisteredVsmmu;
import io.vsmmu.gateway.DecisionLog;
import io.vsmmu.gateway.GuestSession;
import io.vsmmu.gateway.SessionLimits;
import io.vsmmu.gateway.WriteBehindLimits;
import io.vsmmu.gateway.WriteBehindLog;
import io.vsmmu.gateway.device.SmmuFunction;
import io.vsmmu.host.apply.InvalidationCounters;
import io.vsmmu.host.apply.VmSpace;
import io.vsmmu.host.apply.VsmmuHost;
import io.vsmmu.smmu.aggregate.Applied;
import io.vsmmu.smmu.event.CommandsConsumed;
import io.vsmmu.smmu.model.VsmmuState;
import io.vsmmu.smmu.stimulus.Durability;
import io.vsmmu.smmu.stimulus.Stimulus;
import io.vsmmu.smmu.stimulus.Stimulus.ReportFaults;
import io.vsmmu.vfiouser.memory.DeviceMemory;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionException;

/** A vSMMU that takes stimuli: its session and its objects on the host. */
public final class LiveVsmmu implements AutoCloseable {

  private final RegisteredVsmmu vsmmu;
  private final VmSpace space;
  private final VsmmuHost objects;
  private final DeviceMemory devices;
  private final Optional<WriteBehindLog> writeBehind;
  private final GuestSession session;

  /**
   * Starts its session.
   *
   * @param known the state after its last event
   * @param durability as it is declared, or will be with the first stimulus
   * @param space its VM's part of the host
   * @param counters counts what is asked of the host
   */
  LiveVsmmu(
      RegisteredVsmmu vsmmu,
      VsmmuState known,
      Durability durability,
      DecisionLog log,
      VmSpace space,
      InvalidationCounters counters,
      SessionLimits limits) {
    this.vsmmu = vsmmu;
    this.space = space;
    this.objects = new VsmmuHost(space, this::faulted, counters);
    this.devices = new SpaceMemory(vsmmu.name(), space);
    String id = vsmmu.aggregateId().toString();
    this.writeBehind =
        durability == Durability.BOUNDED_LOSS
            ? Optional.of(new WriteBehindLog(id, known, log, WriteBehindLimits.DEFAULT))
            : Optional.empty();
    this.session =
        new GuestSession(
            id,
            known,
            writeBehind.<DecisionLog>map(behind -> behind).orElse(log),
            decided -> objects.apply(decided.events(), decided.sequence(), decided.after()),
            limits);
  }

  /** Its entry in the registry. */
  public RegisteredVsmmu vsmmu() {
    return vsmmu;
  }

  /**
   * Submits a stimulus and waits until it is durable and applied.
   *
   * @param subject who asked
   */
  public Applied submit(Stimulus stimulus, String subject) {
    try {
      return session.post(stimulus, subject).join();
    } catch (CompletionException failed) {
      throw failed.getCause() instanceof RuntimeException cause ? cause : failed;
    }
  }

  /** The vSMMU as a VMM's gateway needs it. */
  public SmmuFunction.Vsmmu function() {
    return new SmmuFunction.Vsmmu(session, devices);
  }

  /** On the thread that reads faults: while it is held, the kernel keeps what comes. */
  private void faulted(ReportFaults faults) {
    session.perform(faults);
  }

  /** StreamIDs of devices of a VMM that it detached or attached elsewhere. */
  public Set<Integer> detachedByVmm() {
    return objects.detachedByVmm();
  }

  /** Its VM's part of the host. */
  public VmSpace space() {
    return space;
  }

  /** Gives the host what the log says; before the first stimulus. */
  void rebuild(VsmmuState state, Optional<CommandsConsumed> pending) {
    objects.rebuild(state, pending).ifPresent(report -> submit(report, "recovery"));
  }

  /** Finishes what waits, then frees the host's objects. */
  @Override
  public void close() {
    finish();
    objects.close();
  }

  /** Finishes what waits; the host's objects stay for the next process. */
  void abandon() {
    finish();
    objects.abandon();
  }

  private void finish() {
    // A guest that waits for room in it holds the session's lock, which closing needs.
    writeBehind.ifPresent(WriteBehindLog::stopHolding);
    session.close();
    writeBehind.ifPresent(WriteBehindLog::close);
  }
}
