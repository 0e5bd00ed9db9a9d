package io.vsmmu.smmu.aggregate;

import io.vsmmu.smmu.event.CommandsConsumed;
import io.vsmmu.smmu.event.HostOutcomeReported;
import io.vsmmu.smmu.event.StimulusEvent;
import io.vsmmu.smmu.event.VsmmuEvent;
import io.vsmmu.smmu.model.VsmmuState;
import io.vsmmu.smmu.stimulus.Durability;
import java.util.List;
import java.util.OptionalLong;

/** What the log stores with an event: its cause, who asked, and its durability. */
public final class EventMetaData {

  /** Key of the causing event's sequence, a Long. */
  public static final String CAUSE = "cause";

  /** Key of the name of who asked, a String. */
  public static final String SUBJECT = "subject";

  /**
   * The subject of what the service does of itself after it was restarted. An outcome of the host
   * with this subject holds the operations by which the service took its host objects over or made
   * them again. It names a decision as any outcome does: the slice that waited for the host, whose
   * invalidations are among the operations then, or else the newest decision, with which it has
   * nothing to do.
   */
  public static final String RECOVERY = "recovery";

  /** Key of the durability; its value is {@link #JOURNALED}, or absent if the event is synced. */
  public static final String DURABILITY = "durability";

  /** The durability of events that need not be synced. */
  public static final String JOURNALED = "JOURNALED";

  private EventMetaData() {}

  /**
   * The sequence of the event that caused {@code event}.
   *
   * @param first sequence of the decision's first event
   */
  public static OptionalLong cause(VsmmuEvent event, long first) {
    return switch (event) {
      case HostOutcomeReported outcome -> OptionalLong.of(outcome.decision());
      case StimulusEvent _ -> OptionalLong.empty();
      default -> OptionalLong.of(first);
    };
  }

  /**
   * Whether the events of a decision are acknowledged before they are synced: invalidations and
   * their successful outcome only, unless the vSMMU's durability is {@link Durability#COMMITTED}.
   *
   * @param before the state before the decision
   */
  public static boolean isJournaled(VsmmuState before, List<VsmmuEvent> decision) {
    return before.durability() != Durability.COMMITTED
        && decision.size() == 1
        && switch (decision.getFirst()) {
          case CommandsConsumed _ -> true;
          case HostOutcomeReported outcome -> outcome.completes();
          default -> false;
        };
  }
}
