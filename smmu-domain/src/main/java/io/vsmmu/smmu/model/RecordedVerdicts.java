package io.vsmmu.smmu.model;

import io.vsmmu.smmu.event.CommandsConsumed;
import io.vsmmu.smmu.rules.SliceRules;
import io.vsmmu.smmu.spec.CommandEntry;
import io.vsmmu.smmu.spec.CommandError;
import io.vsmmu.smmu.stimulus.RecordedConsumption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Finds the commands with which a recorded SMMU did something else than {@code decide} would have
 * done.
 */
public final class RecordedVerdicts {

  /**
   * One difference.
   *
   * @param entry index in the slice
   * @param command its name
   * @param recorded what the recorded SMMU did
   * @param modelled what {@code decide} does, with the reason
   */
  public record Difference(int entry, String command, String recorded, String modelled) {}

  private RecordedVerdicts() {}

  /**
   * The differences of a slice.
   *
   * @param before the state in which it was consumed
   */
  public static List<Difference> of(VsmmuState before, CommandsConsumed slice) {
    Optional<RecordedConsumption> recorded = slice.recorded();
    if (recorded.isEmpty()) {
      return List.of();
    }
    CommandError error = recorded.get().error();
    SliceRules rules = CommandVerdict.rules(before);
    List<Difference> differences = new ArrayList<>();
    for (int i = 0; i < slice.entries().size(); i++) {
      CommandEntry entry = slice.entries().get(i);
      CommandVerdict verdict = CommandVerdict.of(rules, before, entry);
      boolean failed = i >= slice.consumed() && recorded.get().failedAt(i, slice.entries().size());
      if (i < slice.consumed() && verdict instanceof CommandVerdict.Illegal illegal) {
        differences.add(
            new Difference(
                i, entry.name(), "consumed it", CommandError.CERROR_ILL + ": " + illegal.reason()));
      } else if (failed && !(verdict instanceof CommandVerdict.Illegal)) {
        differences.add(
            new Difference(i, entry.name(), "stopped at it with " + error, "consumes it"));
      }
    }
    return differences;
  }
}
