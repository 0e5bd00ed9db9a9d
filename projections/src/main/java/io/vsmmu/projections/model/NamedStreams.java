package io.vsmmu.projections.model;

import io.vsmmu.projections.view.CommandView;
import io.vsmmu.smmu.event.CommandsConsumed;
import io.vsmmu.smmu.event.DeviceAttached;
import io.vsmmu.smmu.event.DeviceDetached;
import io.vsmmu.smmu.event.FaultsReported;
import io.vsmmu.smmu.event.HostFailed;
import io.vsmmu.smmu.event.HostOutcomeReported;
import io.vsmmu.smmu.event.PageRequestsReported;
import io.vsmmu.smmu.event.RegisterWritten;
import io.vsmmu.smmu.event.StreamConfigured;
import io.vsmmu.smmu.event.TranslationObserved;
import io.vsmmu.smmu.event.VsmmuEvent;
import io.vsmmu.smmu.spec.CommandOpcode;
import io.vsmmu.smmu.spec.EventRecord;
import io.vsmmu.smmu.spec.PageRequest;
import io.vsmmu.smmu.stimulus.HostOperation;
import io.vsmmu.smmu.stimulus.SteFetch;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * The StreamIDs that an event refers to: in its own fields, or in its commands, its event records
 * or the STEs read for it.
 */
public final class NamedStreams {

  private final SortedSet<Integer> named = new TreeSet<>();
  private boolean ranges;

  private NamedStreams() {}

  /** Collects the StreamIDs of an event. */
  public static NamedStreams of(VsmmuEvent event) {
    NamedStreams streams = new NamedStreams();
    switch (event) {
      case StreamConfigured it -> streams.named.add(it.streamId());
      case DeviceAttached it -> streams.named.add(it.streamId());
      case DeviceDetached it -> streams.named.add(it.streamId());
      case TranslationObserved it -> streams.named.add(it.streamId());
      case HostFailed it -> streams.add(it.operation());
      case HostOutcomeReported it -> it.operations().forEach(streams::add);
      case FaultsReported it ->
          it.records().stream().map(EventRecord::sid).forEach(streams.named::add);
      case PageRequestsReported it ->
          it.records().stream().map(PageRequest::sid).forEach(streams.named::add);
      case RegisterWritten it ->
          it.fetches().stream().map(SteFetch::streamId).forEach(streams.named::add);
      case CommandsConsumed it -> streams.commands(it);
      default -> {}
    }
    return streams;
  }

  /** The StreamIDs that appear individually, in the order of signed integers. */
  public SortedSet<Integer> each() {
    return named;
  }

  /**
   * Whether a command refers to a range of StreamIDs (CMD_CFGI_STE_RANGE, also as CMD_CFGI_ALL).
   */
  public boolean ranges() {
    return ranges;
  }

  private void commands(CommandsConsumed it) {
    for (int i = 0; i < it.consumed(); i++) {
      int opcode = it.entries().get(i).opcode();
      if (opcode == CommandOpcode.CFGI_STE_RANGE.code()) {
        ranges = true;
      } else if (namesStream(opcode)) {
        TranslationScope.of(it.entries().get(i), CommandView.knownBits(it.known(), i))
            .map(TranslationScope::onlySid)
            .ifPresent(named::add);
      }
    }
  }

  /**
   * Excludes the TLB invalidations, which carry no StreamID and are nearly all of a log's commands.
   */
  private static boolean namesStream(int opcode) {
    return opcode == CommandOpcode.ATC_INV.code()
        || (CommandOpcode.CFGI_STE.code() <= opcode && opcode <= CommandOpcode.CFGI_CD_ALL.code());
  }

  private void add(HostOperation operation) {
    if (operation.streamId() >= 0) {
      named.add(operation.streamId());
    }
  }
}
