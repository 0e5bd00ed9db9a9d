package io.vsmmu.rest.value;

import io.vsmmu.problem.Problem;
import io.vsmmu.rest.problem.ProblemException;
import io.vsmmu.rest.problem.ProblemType;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The field {@code devices} of replays and checks: PCI addresses of the log's devices, each with
 * that of the host's device that stands for it.
 */
public final class Substitutes {

  /** The greatest number of the log's devices that a refusal lists. */
  private static final int LISTED = 16;

  private Substitutes() {}

  /** The field; empty if it is absent. */
  public static Map<String, String> given(@Nullable Map<String, String> devices) {
    if (devices == null) {
      return Map.of();
    }
    for (String known : new TreeSet<>(devices.keySet())) {
      if (devices.get(known) == null) {
        throw ProblemException.invalid(field(known), null, "a PCI address of this host");
      }
    }
    return devices;
  }

  /** Refuses addresses that the log does not attach. */
  public static void checkParts(Map<String, String> devices, Set<String> ofLog) {
    List<Problem> unknown =
        new TreeSet<>(devices.keySet())
            .stream()
                .filter(known -> !ofLog.contains(known))
                .map(known -> new Problem("devices", known, parts(ofLog)))
                .toList();
    if (!unknown.isEmpty()) {
      throw ProblemException.of(ProblemType.INVALID_FIELD, unknown);
    }
  }

  /** The path of the entry for a device of the log. */
  public static String field(String known) {
    return "devices." + known;
  }

  private static String parts(Collection<String> ofLog) {
    if (ofLog.isEmpty()) {
      return "nothing, because the log attaches no device";
    }
    String listed = String.join(", ", ofLog.stream().limit(LISTED).toList());
    return "a device that the log attaches: " + listed + (ofLog.size() > LISTED ? ", ..." : "");
  }
}
