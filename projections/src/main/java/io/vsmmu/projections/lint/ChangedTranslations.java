package io.vsmmu.projections.lint;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.vsmmu.projections.view.Hex;
import io.vsmmu.smmu.event.RegisterWritten;
import io.vsmmu.smmu.event.TranslationObserved;
import io.vsmmu.smmu.event.VsmmuEvent;
import io.vsmmu.smmu.event.VsmmuReset;
import io.vsmmu.smmu.model.VsmmuState;
import io.vsmmu.smmu.spec.AddressRange;
import io.vsmmu.smmu.spec.ConfigInvalidation;
import io.vsmmu.smmu.spec.SmmuCommand;
import io.vsmmu.smmu.spec.TlbInvalidation;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Finds addresses that the guest mapped to another page without the invalidation, or without the
 * CMD_SYNC, that must come between (IHI 0070, 3.21.1). A log has no translation tables, but the
 * recording of an SMMU that QEMU emulates has the translations: one that changes shows that its
 * descriptor was changed.
 */
final class ChangedTranslations implements CommandChecker {

  private static final long PAGE_MASK = -4096;
  private static final int HEX = 16;

  /** What is known about a translation: still valid, or invalidated without a CMD_SYNC yet. */
  private record Translation(int sid, long iova, long page, long position, long invalidated) {
    Translation invalidatedAt(long at) {
      return new Translation(sid, iova, page, position, at);
    }
  }

  private final FindingReport.Builder findings;

  /** By StreamID and page, in the order in which they were seen last. */
  @JsonProperty private Map<String, Translation> known = new LinkedHashMap<>();

  /** Whether one of them was invalidated without a CMD_SYNC yet. */
  @JsonProperty private boolean unsynced;

  ChangedTranslations(FindingReport.Builder findings) {
    this.findings = findings;
  }

  @Override
  public Set<Class<? extends VsmmuEvent>> observed() {
    return Set.of(TranslationObserved.class, RegisterWritten.class, VsmmuReset.class);
  }

  @Override
  public void observe(ObservedEvent step) {
    switch (step.event()) {
      case TranslationObserved it when it.stage() == 1 -> translated(step, it);
      case VsmmuReset _ -> known.clear();
      default -> {
        if (!known.isEmpty() && step.before().enabled() != step.after().enabled()) {
          known.clear();
        }
      }
    }
  }

  @Override
  public void commands(ObservedEvent step, ObservedCommands commands) {
    for (int i = 0; i < commands.size() && !known.isEmpty(); i++) {
      command(step, commands.at(i));
    }
  }

  private void command(ObservedEvent step, ObservedCommand command) {
    switch (command.command()) {
      case SmmuCommand.Sync _ -> synced();
      // Another CD may select other tables; which CD a stream uses is not in the log.
      case ConfigInvalidation.Ste it -> known.values().removeIf(is(it.sid()));
      case ConfigInvalidation.Cd it -> known.values().removeIf(is(it.sid()));
      case ConfigInvalidation.CdAll it -> known.values().removeIf(is(it.sid()));
      case ConfigInvalidation.SteRange it ->
          known.values().removeIf(translation -> it.covers(translation.sid()));
      case TlbInvalidation it ->
          invalidated(step, ObservedCommand.covered(it, step.before().ids().rangeInvalidation()));
      default -> {}
    }
  }

  @Override
  public void finish(VsmmuState last, long position) {}

  private static Predicate<Translation> is(int sid) {
    return translation -> translation.sid() == sid;
  }

  private void synced() {
    if (unsynced) {
      known.values().removeIf(translation -> translation.invalidated() != 0);
      unsynced = false;
    }
  }

  private void invalidated(ObservedEvent step, AddressRange range) {
    known.replaceAll(
        (_, translation) -> {
          boolean covered =
              Long.compareUnsigned(range.first() & PAGE_MASK, translation.iova()) <= 0
                  && Long.compareUnsigned(translation.iova(), range.last()) <= 0;
          if (!covered || translation.invalidated() != 0) {
            return translation;
          }
          unsynced = true;
          return translation.invalidatedAt(step.position());
        });
  }

  private void translated(ObservedEvent step, TranslationObserved it) {
    long iova = it.iova() & PAGE_MASK;
    long page = it.translated() & PAGE_MASK;
    String key =
        Integer.toUnsignedString(it.streamId(), HEX)
            + " "
            + Long.toUnsignedString(iova, HEX).toLowerCase(Locale.ROOT);
    Optional<Translation> before = Optional.ofNullable(known.remove(key));
    before.filter(seen -> seen.page() != page).ifPresent(seen -> changed(step, it, seen, page));
    long invalidated =
        before.filter(seen -> seen.page() == page).map(Translation::invalidated).orElse(0L);
    known.put(key, new Translation(it.streamId(), iova, page, step.position(), invalidated));
    if (known.size() > LintLimits.TRANSLATIONS) {
      known.remove(known.keySet().iterator().next());
    }
  }

  private void changed(ObservedEvent step, TranslationObserved it, Translation seen, long page) {
    boolean invalidated = seen.invalidated() != 0;
    String lacking =
        invalidated
            ? "the invalidation between them was not followed by a CMD_SYNC"
            : "no TLB invalidation between them covers the address";
    List<Long> shown =
        invalidated
            ? List.of(seen.position(), seen.invalidated(), step.position())
            : List.of(seen.position(), step.position());
    findings.occurred(
        Rule.TRANSLATION_CHANGED_WITHOUT_TLBI,
        Severity.WARNING,
        Hex.of(it.streamId()),
        invalidated ? "NO_SYNC" : "NO_TLBI",
        "",
        () ->
            "Address %s of StreamID %s was translated to %s, then to %s, and %s"
                .formatted(
                    Hex.of(seen.iova()),
                    Hex.of(it.streamId()),
                    Hex.of(seen.page()),
                    Hex.of(page),
                    lacking),
        step.position(),
        shown);
  }
}
