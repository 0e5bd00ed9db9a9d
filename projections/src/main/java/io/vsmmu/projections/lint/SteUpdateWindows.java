package io.vsmmu.projections.lint;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.vsmmu.projections.view.Hex;
import io.vsmmu.smmu.event.DeviceDetached;
import io.vsmmu.smmu.event.FaultsReported;
import io.vsmmu.smmu.event.RegisterWritten;
import io.vsmmu.smmu.event.StreamBehaviour;
import io.vsmmu.smmu.event.StreamConfigured;
import io.vsmmu.smmu.event.StreamConfigured.Reason;
import io.vsmmu.smmu.event.VsmmuEvent;
import io.vsmmu.smmu.event.VsmmuReset;
import io.vsmmu.smmu.model.StreamState;
import io.vsmmu.smmu.model.VsmmuState;
import io.vsmmu.smmu.spec.EventRecord;
import io.vsmmu.smmu.spec.EventType;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Finds windows in which the STE of an active device was invalid between two valid ones. A guest
 * that changes an STE in several steps may pass through V = 0; Linux does so only where the change
 * cannot be made in one step (arm-smmu-v3.c, arm_smmu_write_entry). A transaction in the window is
 * terminated with C_BAD_STE (IHI 0070, 7.3.5).
 *
 * <p>A window opens when CMD_CFGI_STE makes the SMMU use an STE with V = 0 for a device whose
 * transactions were translated or bypassed translation, and closes when a valid STE lets them pass
 * again. A record may be received for {@link LintLimits#FAULT_DELAY_MICROS} after that. A window
 * without a record is reported if it is shorter than {@link LintLimits#UPDATE_MICROS}, as a longer
 * one is a device that was released and taken again.
 */
final class SteUpdateWindows implements RuleChecker {

  /**
   * A window.
   *
   * @param from position of the event that opened it
   * @param to position of the event that closed it, 0 while it is open
   * @param faults records of C_BAD_STE in it
   */
  private record Window(
      long from,
      long fromMicros,
      long to,
      long toMicros,
      long faults,
      long firstFault,
      long lastFault) {

    boolean open() {
      return to == 0;
    }

    Window closed(long position, long micros) {
      return new Window(from, fromMicros, position, micros, faults, firstFault, lastFault);
    }

    Window and(long records, long position) {
      return new Window(
          from,
          fromMicros,
          to,
          toMicros,
          faults + records,
          faults == 0 ? position : firstFault,
          position);
    }
  }

  private final FindingReport.Builder findings;

  /** The open or the last closed window by StreamID, at most {@link LintLimits#STREAMS}. */
  @JsonProperty private SortedMap<Integer, Window> windows = new TreeMap<>();

  SteUpdateWindows(FindingReport.Builder findings) {
    this.findings = findings;
  }

  @Override
  public Set<Class<? extends VsmmuEvent>> observed() {
    return Set.of(
        StreamConfigured.class,
        FaultsReported.class,
        DeviceDetached.class,
        RegisterWritten.class,
        VsmmuReset.class);
  }

  @Override
  public void observe(ObservedEvent step) {
    switch (step.event()) {
      case StreamConfigured it -> configured(step, it);
      case FaultsReported it -> faults(step, it);
      case DeviceDetached it -> conclude(it.streamId());
      default -> {}
    }
    if (step.before().enabled() && !step.after().enabled()) {
      List.copyOf(windows.keySet()).forEach(this::conclude);
    }
  }

  @Override
  public void finish(VsmmuState last, long position) {
    List.copyOf(windows.keySet()).forEach(this::conclude);
  }

  private void configured(ObservedEvent step, StreamConfigured it) {
    if (it.reason() != Reason.CFGI_STE && it.reason() != Reason.CFGI_STE_RANGE) {
      return;
    }
    int sid = it.streamId();
    Window window = windows.get(sid);
    if (invalid(it)) {
      boolean opens = (window == null || !window.open()) && wasActive(step.before(), sid);
      if (opens) {
        conclude(sid);
        if (windows.size() < LintLimits.STREAMS) {
          windows.put(sid, new Window(step.position(), step.micros(), 0, 0, 0, 0, 0));
        }
      }
    } else if (window != null && window.open()) {
      if (passes(it.configuration())) {
        windows.put(sid, window.closed(step.position(), step.micros()));
      } else {
        conclude(sid);
      }
    }
  }

  private static boolean invalid(StreamConfigured it) {
    return !it.ste().valid() && it.fault() == EventType.C_BAD_STE.code();
  }

  private static boolean wasActive(VsmmuState before, int sid) {
    StreamState stream = before.streams().get(sid);
    return before.enabled()
        && before.devices().containsKey(sid)
        && stream != null
        && stream.ste().valid()
        && stream.fault() == 0
        && passes(stream.effective());
  }

  private static boolean passes(StreamBehaviour behaviour) {
    return behaviour == StreamBehaviour.TRANSLATE || behaviour == StreamBehaviour.BYPASS;
  }

  private void faults(ObservedEvent step, FaultsReported it) {
    if (windows.isEmpty()) {
      return;
    }
    for (EventRecord fault : it.records()) {
      Window window = windows.get(fault.sid());
      if (window != null
          && fault.number() == EventType.C_BAD_STE.code()
          && (window.open()
              || step.micros() - window.toMicros() <= LintLimits.FAULT_DELAY_MICROS)) {
        windows.put(fault.sid(), window.and(1, step.position()));
      }
    }
  }

  /** Reports a stream's window, if it is one, and forgets it. */
  private void conclude(int sid) {
    Window window = windows.remove(sid);
    if (window == null) {
      return;
    }
    long length = window.open() ? 0 : window.toMicros() - window.fromMicros();
    if (window.faults() > 0) {
      report(
          sid,
          window,
          Severity.WARNING,
          "FAULTS",
          "The STE of StreamID %s was invalid (V = 0) while its device was active%s: %d"
                  .formatted(
                      Hex.of(sid),
                      window.open() ? "" : ", for " + Elapsed.text(length),
                      window.faults())
              + " of its transactions were terminated with C_BAD_STE");
    } else if (!window.open() && length < LintLimits.UPDATE_MICROS) {
      report(
          sid,
          window,
          Severity.INFO,
          "NO_FAULTS",
          "The STE of StreamID %s was invalid (V = 0) between two valid ones for %s; a transaction"
                  .formatted(Hex.of(sid), Elapsed.text(length))
              + " in that time would have been terminated");
    }
  }

  private void report(int sid, Window window, Severity severity, String cause, String text) {
    List<Long> shown = new ArrayList<>(List.of(window.from()));
    if (window.faults() > 0) {
      shown.add(window.firstFault());
      shown.add(window.lastFault());
    }
    if (!window.open()) {
      shown.add(window.to());
    }
    findings.occurred(
        Rule.STE_UPDATE_WINDOW, severity, Hex.of(sid), cause, "", () -> text, window.from(), shown);
  }
}
