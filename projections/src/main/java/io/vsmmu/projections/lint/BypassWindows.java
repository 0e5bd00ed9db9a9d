package io.vsmmu.projections.lint;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.vsmmu.projections.lint.FindingReport.Occurrence;
import io.vsmmu.projections.view.Hex;
import io.vsmmu.smmu.event.DeviceAttached;
import io.vsmmu.smmu.event.DeviceDetached;
import io.vsmmu.smmu.event.HostFailed;
import io.vsmmu.smmu.event.HostOutcomeReported;
import io.vsmmu.smmu.event.PartImported;
import io.vsmmu.smmu.event.StreamBehaviour;
import io.vsmmu.smmu.event.StreamConfigured;
import io.vsmmu.smmu.event.StreamConfigured.Reason;
import io.vsmmu.smmu.model.StreamState;
import io.vsmmu.smmu.model.VsmmuState;
import io.vsmmu.smmu.spec.StreamTableEntry;
import io.vsmmu.smmu.stimulus.HostOperation;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Finds streams on bypass while CR0.SMMUEN is 1. A window opens with the configuration that puts
 * the stream on bypass and closes with the event that ends it.
 */
final class BypassWindows implements RuleChecker {

  /** Most windows open at the same time; further ones are only counted. */
  static final int OPEN_WINDOWS = 4096;

  /** Why a stream is on bypass; the names are stable, as findings show them. */
  enum BypassCause {
    GUEST_STE(
        "the guest's own STE says so (Config=0b100); among the reasons a guest has are an identity"
            + " domain, a reserved memory region (IORT RMR), and a driver that let the device go"),
    GBPA("it has no STE of the guest and keeps what GBPA said"),
    GROUP("another device of its iommu group is on bypass, and a group moves together"),
    HOST("the host could attach its device neither to what was asked for nor to abort");

    private final String text;

    BypassCause(String text) {
      this.text = text;
    }
  }

  /**
   * A stream on bypass.
   *
   * @param from position of the event that put it there
   * @param stimulus position of the stimulus event that led to that
   */
  private record BypassWindow(long from, BypassCause cause, long stimulus) {}

  private final FindingReport.Builder findings;
  @JsonProperty private SortedMap<Integer, BypassWindow> open = new TreeMap<>();

  /**
   * Streams that were configured away from bypass, which the host has not confirmed yet, with the
   * position of that event.
   */
  @JsonProperty private Map<Integer, Long> leaving = new HashMap<>();

  /** Streams whose device was detached: they have no transactions. */
  @JsonProperty private SortedSet<Integer> gone = new TreeSet<>();

  BypassWindows(FindingReport.Builder findings) {
    this.findings = findings;
  }

  @Override
  public void observe(ObservedEvent step) {
    switch (step.event()) {
      case DeviceDetached it -> detached(step, it.streamId());
      case DeviceAttached it -> gone.remove(it.streamId());
      default -> {}
    }
    if (!step.after().enabled()) {
      closeAll(step);
      return;
    }
    switch (step.event()) {
      case PartImported _ -> begin(step);
      case StreamConfigured it -> configured(step, it);
      case HostFailed it -> failed(step, it);
      case HostOutcomeReported it -> confirmed(step, it);
      default -> {}
    }
  }

  @Override
  public void finish(VsmmuState last, long position) {
    open.forEach((sid, window) -> report(sid, window, null));
  }

  /** Opens the windows of the devices that are on bypass when an imported part of a log begins. */
  private void begin(ObservedEvent step) {
    for (StreamState it : step.after().streams().values()) {
      boolean device = step.after().devices().containsKey(it.streamId());
      if (device && it.effective() == StreamBehaviour.BYPASS) {
        open(step, it.streamId(), cause(it.reason(), it.configuration(), it.ste()));
      }
    }
  }

  private void detached(ObservedEvent step, int sid) {
    leaving.remove(sid);
    if (gone.size() < OPEN_WINDOWS) {
      gone.add(sid);
    }
    BypassWindow window = open.remove(sid);
    if (window != null) {
      report(sid, window, step.position());
    }
  }

  private void configured(ObservedEvent step, StreamConfigured it) {
    int sid = it.streamId();
    BypassWindow window = open.get(sid);
    if (it.effective() == StreamBehaviour.BYPASS) {
      if (window == null && !gone.contains(sid)) {
        open(step, sid, cause(it));
      }
    } else if (window != null && window.cause() != BypassCause.HOST) {
      open.remove(sid);
      report(sid, window, step.position());
      if (step.after().devices().containsKey(sid)) {
        leaving.put(sid, step.position());
      }
    }
  }

  private void failed(ObservedEvent step, HostFailed it) {
    int sid = it.operation().streamId();
    if (!it.closed() && leaving.containsKey(sid) && !open.containsKey(sid)) {
      open(step, sid, BypassCause.HOST);
    }
  }

  private void confirmed(ObservedEvent step, HostOutcomeReported it) {
    for (HostOperation op : it.operations()) {
      if (op.kind() == HostOperation.Kind.ATTACH && op.succeeded()) {
        leaving.remove(op.streamId());
        BypassWindow window = open.get(op.streamId());
        boolean leftBypass = op.target() != step.after().hostHandles().bypassProxy();
        if (window != null && window.cause() == BypassCause.HOST && leftBypass) {
          open.remove(op.streamId());
          report(op.streamId(), window, step.position());
        }
      }
    }
  }

  private void open(ObservedEvent step, int sid, BypassCause cause) {
    if (open.size() >= OPEN_WINDOWS) {
      findings.skip(Rule.BYPASS_WHILE_ENABLED);
    } else {
      open.put(sid, new BypassWindow(step.position(), cause, step.stimulus()));
    }
  }

  private void closeAll(ObservedEvent step) {
    open.forEach((sid, window) -> report(sid, window, step.position()));
    open.clear();
    leaving.clear();
  }

  private static BypassCause cause(StreamConfigured it) {
    return cause(it.reason(), it.configuration(), it.ste());
  }

  private static BypassCause cause(
      Reason reason, StreamBehaviour configuration, StreamTableEntry ste) {
    if (reason == Reason.GROUP_MOVED && configuration != StreamBehaviour.BYPASS) {
      return BypassCause.GROUP;
    }
    boolean own = ste.valid() && ste.config() == StreamTableEntry.Config.BYPASS;
    return own ? BypassCause.GUEST_STE : BypassCause.GBPA;
  }

  private void report(int sid, BypassWindow window, @Nullable Long to) {
    List<Long> evidence = new ArrayList<>(List.of(window.stimulus(), window.from()));
    if (to != null) {
      evidence.add(to);
    }
    // What the guest asked for is not wrong: an identity domain, an RMR, a device without a driver.
    Severity severity =
        window.cause() == BypassCause.GUEST_STE
            ? Severity.INFO
            : Rule.BYPASS_WHILE_ENABLED.severity();
    findings.occurred(
        Rule.BYPASS_WHILE_ENABLED,
        severity,
        Hex.of(sid),
        window.cause().name(),
        "",
        () ->
            "StreamID %s bypasses translation while the SMMU is enabled: %s"
                .formatted(Hex.of(sid), window.cause().text),
        Occurrence.lasting(window.from(), to, evidence));
  }
}
