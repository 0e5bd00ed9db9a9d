package io.vsmmu.control.whatif;

import io.vsmmu.host.simulated.FaultPlan;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/**
 * What is changed in the input of a log. At least one of the three is.
 *
 * @param leftOut position of the stimulus event that is left out; empty for none
 * @param faults calls of the host that fail, counted from the first stimulus that is decided again
 * @param faultsText the text form of {@code faults}; empty for none
 */
public record InputChange(
    OptionalLong leftOut, FaultPlan faults, String faultsText, PropertyChanges properties) {

  /** Whether nothing is changed. */
  public boolean isEmpty() {
    return leftOut.isEmpty() && faultsText.isBlank() && properties.isEmpty();
  }

  /** The change for people. */
  public String text() {
    List<String> parts = new ArrayList<>();
    leftOut.ifPresent(position -> parts.add("without position " + position));
    if (!faultsText.isBlank()) {
      parts.add("with host faults " + faultsText);
    }
    if (!properties.isEmpty()) {
      parts.add("with " + properties.text());
    }
    return String.join(", ", parts);
  }
}
