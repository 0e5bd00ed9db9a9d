package io.vsmmu.smmu.model;

import java.util.ArrayList;
import java.util.List;

/**
 * Whether the host's state is what the log says.
 *
 * @param reasons the present problems, each once, newest last, at most {@link
 *     Limits#HEALTH_REASONS}
 * @param failures the number of host failures so far
 */
public record Health(Status status, List<String> reasons, long failures) {

  /** The worst of the present problems. */
  public enum Status {
    OK,
    /** A recording whose end is missing. */
    PARTIAL,
    /** A stream failed closed, or the host lost fault records. */
    DEGRADED,
    /** The host does not hold what the log says, and could not be brought to abort either. */
    FAILED
  }

  public static final Health OK = new Health(Status.OK, List.of(), 0);

  public Health {
    reasons = List.copyOf(reasons);
  }

  /** Without problems; a recording without its end stays partial. */
  Health healed() {
    return status == Status.PARTIAL ? this : new Health(Status.OK, List.of(), failures);
  }

  Health worsened(Status to, String reason) {
    List<String> kept = new ArrayList<>(reasons);
    kept.remove(reason);
    kept.add(reason);
    if (kept.size() > Limits.HEALTH_REASONS) {
      kept.removeFirst();
    }
    return new Health(to.compareTo(status) > 0 ? to : status, kept, failures + 1);
  }
}
