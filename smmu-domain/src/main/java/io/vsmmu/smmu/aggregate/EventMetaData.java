package io.vsmmu.smmu.aggregate;

import io.vsmmu.smmu.event.CommandsConsumed;
import io.vsmmu.smmu.event.HostOutcomeReported;
import io.vsmmu.smmu.event.StimulusEvent;
import io.vsmmu.smmu.event.VsmmuEvent;
import io.vsmmu.smmu.model.Decision;
import io.vsmmu.smmu.model.VsmmuState;
import io.vsmmu.smmu.stimulus.Durability;
import java.util.OptionalLong;

/** What the log stores with an event: its cause, who asked, and its durability. */
public final class EventMetaData {

  /** Key of the causing event's sequence, a Long. */
  public static final String CAUSE = "cause";

  /** Key of the name of who asked, a String. */
  public static final String SUBJECT = "subject";

  /** Key of the durability class, a String: the name of a {@link Durability}. */
  public static final String DURABILITY = "durability";

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

  /** Whether the decision may be lost in a crash: invalidations only, on a vSMMU that allows it. */
  public static boolean mayBeLost(VsmmuState before, Decision.Accepted decision) {
    return before.durability() == Durability.BOUNDED_LOSS
        && decision.events().size() == 1
        && switch (decision.events().getFirst()) {
          case CommandsConsumed _ -> true;
          case HostOutcomeReported outcome -> outcome.completes();
          default -> false;
        };
  }
}
