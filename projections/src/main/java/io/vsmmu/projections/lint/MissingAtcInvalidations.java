package io.vsmmu.projections.lint;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.vsmmu.projections.view.Hex;
import io.vsmmu.smmu.event.DeviceAttached;
import io.vsmmu.smmu.event.DeviceDetached;
import io.vsmmu.smmu.event.RegisterWritten;
import io.vsmmu.smmu.event.StreamBehaviour;
import io.vsmmu.smmu.event.StreamConfigured;
import io.vsmmu.smmu.event.VsmmuEvent;
import io.vsmmu.smmu.event.VsmmuReset;
import io.vsmmu.smmu.model.DeviceState;
import io.vsmmu.smmu.model.StreamState;
import io.vsmmu.smmu.model.VsmmuState;
import io.vsmmu.smmu.spec.AtsCommand;
import io.vsmmu.smmu.spec.SmmuCommand;
import io.vsmmu.smmu.spec.TlbInvalidation;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds guests that invalidate the TLB but never the Address Translation Cache of a device that has
 * ATS (IHI 0070, 3.9.1): the device goes on using what it cached. The log does not contain the
 * ASIDs of a stream; where the device is the only one that translates, invalidations that go on and
 * on are its own.
 */
final class MissingAtcInvalidations implements CommandChecker {

  private static final int EATS_NONE = 0;

  /**
   * The only stream that translates, and has ATS.
   *
   * @param since position of the event with which that began
   * @param syncs CMD_SYNCs that followed TLB invalidations
   * @param invalidated whether its device's cache was invalidated
   */
  private record Cached(
      int sid, long since, long syncs, long firstSync, long lastSync, boolean invalidated) {

    Cached synced(long position) {
      return new Cached(
          sid, since, syncs + 1, syncs == 0 ? position : firstSync, position, invalidated);
    }

    Cached withInvalidation() {
      return new Cached(sid, since, syncs, firstSync, lastSync, true);
    }
  }

  private final FindingReport.Builder findings;
  @JsonProperty private @Nullable Cached cached;

  /** Whether TLB invalidations wait for their CMD_SYNC. */
  @JsonProperty private boolean pending;

  MissingAtcInvalidations(FindingReport.Builder findings) {
    this.findings = findings;
  }

  @Override
  public Set<Class<? extends VsmmuEvent>> observed() {
    return Set.of(
        StreamConfigured.class,
        DeviceAttached.class,
        DeviceDetached.class,
        RegisterWritten.class,
        VsmmuReset.class);
  }

  @Override
  public void observe(ObservedEvent step) {
    switch (step.event()) {
      case StreamConfigured _,
          DeviceAttached _,
          DeviceDetached _,
          RegisterWritten _,
          VsmmuReset _ ->
          examine(step);
      default -> {}
    }
  }

  private void examine(ObservedEvent step) {
    Integer alone = onlyWithAts(step.after());
    Cached now = cached;
    if (!Objects.equals(alone, now == null ? null : (Integer) now.sid())) {
      conclude();
      cached = alone == null ? null : new Cached(alone, step.position(), 0, 0, 0, false);
      pending = false;
    }
  }

  @Override
  public void commands(ObservedEvent step, ObservedCommands commands) {
    for (int i = 0; i < commands.size(); i++) {
      Cached now = cached;
      if (now == null || now.invalidated()) {
        return;
      }
      command(step, commands.at(i), now);
    }
  }

  private void command(ObservedEvent step, ObservedCommand command, Cached now) {
    switch (command.command()) {
      case AtsCommand.AtcInvalidate it -> {
        if (!command.complete() || it.sid() == now.sid()) {
          cached = now.withInvalidation();
        }
      }
      case TlbInvalidation.Va _, TlbInvalidation.Vaa _, TlbInvalidation.Asid _ -> pending = true;
      case SmmuCommand.Sync _ -> {
        if (pending) {
          cached = now.synced(step.position());
          pending = false;
        }
      }
      default -> {}
    }
  }

  @Override
  public void finish(VsmmuState last, long position) {
    conclude();
  }

  private void conclude() {
    Cached it = cached;
    if (it == null || it.invalidated() || it.syncs() < LintLimits.ATS_SYNCS) {
      return;
    }
    findings.occurred(
        Rule.MISSING_ATC_INV,
        Severity.WARNING,
        Hex.of(it.sid()),
        null,
        "",
        () ->
            ("StreamID %s has ATS and is the only stream that translates; TLB invalidations were"
                    + " completed %d times without one CMD_ATC_INV for it")
                .formatted(Hex.of(it.sid()), it.syncs()),
        it.firstSync(),
        List.of(it.since(), it.firstSync(), it.lastSync()));
  }

  /** The StreamID of the only device whose stream translates, if it has ATS; else null. */
  private static @Nullable Integer onlyWithAts(VsmmuState state) {
    if (!state.enabled() || !state.ids().ats()) {
      return null;
    }
    Integer found = null;
    for (DeviceState device : state.devices().values()) {
      StreamState stream = state.streams().get(device.streamId());
      if (stream != null && stream.effective() == StreamBehaviour.TRANSLATE) {
        if (found != null || !ats(device, stream)) {
          return null;
        }
        found = device.streamId();
      }
    }
    return found;
  }

  private static boolean ats(DeviceState device, StreamState stream) {
    return device.atsEnabled() && stream.ste().valid() && stream.ste().eats() != EATS_NONE;
  }
}
