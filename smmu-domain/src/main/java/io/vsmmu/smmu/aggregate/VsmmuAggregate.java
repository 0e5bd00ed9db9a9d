package io.vsmmu.smmu.aggregate;

import io.vsmmu.smmu.event.VsmmuEvent;
import io.vsmmu.smmu.model.Vsmmu;
import io.vsmmu.smmu.model.VsmmuState;
import java.util.HashMap;
import java.util.Map;
import org.axonframework.commandhandling.CommandHandler;
import org.axonframework.eventhandling.DomainEventMessage;
import org.axonframework.eventhandling.EventHandler;
import org.axonframework.messaging.MetaData;
import org.axonframework.modelling.command.AggregateCreationPolicy;
import org.axonframework.modelling.command.AggregateIdentifier;
import org.axonframework.modelling.command.AggregateLifecycle;
import org.axonframework.modelling.command.CreationPolicy;
import org.jspecify.annotations.Nullable;

/** A vSMMU as an Axon aggregate, which calls {@link Vsmmu} and has no rules of its own. */
public class VsmmuAggregate {

  private @Nullable String id;

  private VsmmuState state = VsmmuState.ABSENT;

  /** Axon creates an aggregate without state, and then applies its events or its snapshot. */
  public VsmmuAggregate() {}

  /** The identifier; null before the first event. */
  @AggregateIdentifier
  public @Nullable String id() {
    return id;
  }

  /** Decides the stimuli by {@link DecisionLoop} and applies the events. */
  @CommandHandler
  @CreationPolicy(AggregateCreationPolicy.CREATE_IF_MISSING)
  public Submission handle(SubmitStimuli command) {
    id = command.vsmmu();
    Submission submission = DecisionLoop.decideUntilHost(state, command.stimuli());
    submission.decisions().forEach(decided -> apply(decided, command.subject()));
    return submission;
  }

  private void apply(Decided decided, String subject) {
    boolean journaled = EventMetaData.isJournaled(state, decided.events());
    for (VsmmuEvent event : decided.events()) {
      Map<String, Object> meta = new HashMap<>();
      EventMetaData.cause(event, decided.sequence())
          .ifPresent(cause -> meta.put(EventMetaData.CAUSE, cause));
      if (!subject.isEmpty()) {
        meta.put(EventMetaData.SUBJECT, subject);
      }
      if (journaled) {
        meta.put(EventMetaData.DURABILITY, EventMetaData.JOURNALED);
      }
      AggregateLifecycle.apply(event, MetaData.from(meta));
    }
  }

  /** Applies an event, from the log or just decided. */
  @EventHandler
  public void on(VsmmuEvent event, DomainEventMessage<?> message) {
    id = message.getAggregateIdentifier();
    state = Vsmmu.evolve(state, event);
  }

  /** Axon's first event when the aggregate is restored from a snapshot. */
  @EventHandler
  public void on(VsmmuState snapshot, DomainEventMessage<?> message) {
    id = message.getAggregateIdentifier();
    state = snapshot;
  }
}
