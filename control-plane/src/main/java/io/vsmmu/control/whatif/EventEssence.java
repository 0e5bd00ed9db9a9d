package io.vsmmu.control.whatif;

import io.vsmmu.smmu.event.CommandQueueFailed;
import io.vsmmu.smmu.event.CommandsConsumed;
import io.vsmmu.smmu.event.DeviceAttached;
import io.vsmmu.smmu.event.DeviceDetached;
import io.vsmmu.smmu.event.FaultsReported;
import io.vsmmu.smmu.event.HardwareQueueAllocated;
import io.vsmmu.smmu.event.HardwareQueueClosed;
import io.vsmmu.smmu.event.HardwareQueueFreed;
import io.vsmmu.smmu.event.HostFailed;
import io.vsmmu.smmu.event.HostOutcomeReported;
import io.vsmmu.smmu.event.PageRequestsReported;
import io.vsmmu.smmu.event.RegisterReadsObserved;
import io.vsmmu.smmu.event.RegisterWritten;
import io.vsmmu.smmu.event.StreamConfigured;
import io.vsmmu.smmu.event.VsmmuEvent;
import io.vsmmu.smmu.spec.Register;
import io.vsmmu.smmu.spec.TableFields;
import io.vsmmu.smmu.stimulus.HostOperation;
import io.vsmmu.smmu.stimulus.RegisterRead;
import io.vsmmu.smmu.wire.EventKind;
import java.util.Optional;

/**
 * What an event says apart from numbers that count what was before it: handles, sequences, kernel
 * ids and indexes of the queues. One event less makes all later ones of them differ. The times of
 * host operations are left out too: no two executions have the same.
 */
final class EventEssence {

  private EventEssence() {}

  /** The kind of an event, and the stream that it concerns: what two events are compared by. */
  record Key(EventKind kind, int streamId) {}

  static Key key(VsmmuEvent event) {
    int streamId =
        switch (event) {
          case StreamConfigured stream -> stream.streamId();
          case HostFailed failed -> failed.operation().streamId();
          default -> -1;
        };
    return new Key(EventKind.of(event), streamId);
  }

  /** The event with zeros in place of such numbers. */
  static VsmmuEvent of(VsmmuEvent event) {
    return switch (event) {
      case DeviceAttached it ->
          new DeviceAttached(
              it.streamId(),
              it.device(),
              it.ats(),
              it.resolved(),
              it.fetch(),
              0,
              0,
              it.atsEnabled(),
              flag(it.firstHandle()));
      case DeviceDetached it ->
          new DeviceDetached(
              it.streamId(), 0, 0, flag(it.freedHwpt()), flag(it.freedShared()), it.shownBefore());
      case StreamConfigured it ->
          new StreamConfigured(
              it.streamId(),
              it.configuration(),
              it.effective(),
              it.ste(),
              it.completeness(),
              it.reason(),
              it.entry(),
              it.fault(),
              flag(it.hwpt()),
              it.allocatesHwpt(),
              it.hostWord0(),
              it.hostWord1(),
              flag(it.freesHwpt()));
      case CommandsConsumed it ->
          new CommandsConsumed(
              0,
              0,
              it.entries(),
              it.known(),
              it.fetches(),
              it.fetchFault(),
              it.consumed(),
              it.forwarded(),
              it.awaitsHost(),
              0,
              0,
              Optional.empty());
      case CommandQueueFailed it ->
          new CommandQueueFailed(it.entry(), it.error(), 0, it.gerror(), it.detail());
      case HostOutcomeReported it ->
          new HostOutcomeReported(
              0, it.operations().stream().map(EventEssence::of).toList(), it.completes(), 0);
      case HostFailed it -> new HostFailed(of(it.operation()), it.closed());
      case RegisterReadsObserved it ->
          new RegisterReadsObserved(
              it.reads().stream().map(EventEssence::of).toList(), it.differing());
      case FaultsReported it ->
          new FaultsReported(
              it.records(), it.lost(), it.queued(), TableFields.WR.set(it.prod(), 0));
      case PageRequestsReported it ->
          new PageRequestsReported(
              it.records(), it.lost(), it.queued(), TableFields.WR.set(it.prod(), 0));
      case RegisterWritten it when isOutputQueueCons(it.offset()) ->
          new RegisterWritten(
              it.offset(),
              it.width(),
              TableFields.RD.set(it.value(), 0),
              it.fetches(),
              it.verdict(),
              it.changes().stream()
                  .map(
                      change ->
                          new RegisterWritten.Change(
                              change.register(), TableFields.RD.set(change.value(), 0)))
                  .toList());
      case HardwareQueueAllocated it ->
          new HardwareQueueAllocated(it.index(), it.address(), it.size(), 0);
      case HardwareQueueFreed it -> new HardwareQueueFreed(it.index(), 0);
      case HardwareQueueClosed it -> new HardwareQueueClosed(it.index(), 0, it.reason());
      default -> event;
    };
  }

  private static boolean isOutputQueueCons(int offset) {
    return offset == Register.EVENTQ_CONS.offset() || offset == Register.PRIQ_CONS.offset();
  }

  private static long flag(long handle) {
    return handle == 0 ? 0 : 1;
  }

  private static RegisterRead of(RegisterRead it) {
    return it.offset() == Register.CMDQ_CONS.offset()
        ? new RegisterRead(it.offset(), it.width(), TableFields.RD.set(it.value(), 0))
        : it;
  }

  private static HostOperation of(HostOperation it) {
    return new HostOperation(
        it.kind(),
        flag(it.handle()),
        flag(it.target()),
        it.streamId(),
        it.firstEntry(),
        it.entries(),
        0,
        it.errno(),
        it.failedEntry());
  }
}
