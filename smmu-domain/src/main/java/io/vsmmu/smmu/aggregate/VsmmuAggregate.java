package io.vsmmu.smmu.aggregate;

import static org.axonframework.modelling.command.AggregateLifecycle.apply;

import io.vsmmu.smmu.event.VsmmuEvent;
import io.vsmmu.smmu.model.Decision;
import io.vsmmu.smmu.model.Vsmmu;
import io.vsmmu.smmu.model.VsmmuState;
import io.vsmmu.smmu.stimulus.Durability;
import io.vsmmu.smmu.stimulus.Stimulus;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.axonframework.commandhandling.CommandHandler;
import org.axonframework.eventhandling.DomainEventMessage;
import org.axonframework.eventhandling.EventHandler;
import org.axonframework.messaging.MetaData;
import org.axonframework.modelling.command.AggregateCreationPolicy;
import org.axonframework.modelling.command.AggregateIdentifier;
import org.axonframework.modelling.command.CreationPolicy;
import org.jspecify.annotations.Nullable;

/** A vSMMU as an Axon aggregate, which calls {@link Vsmmu} and has no rules of its own. */
public class VsmmuAggregate {

  private @Nullable String id;

  private VsmmuState state = VsmmuState.ABSENT;

  /** For Axon. */
  public VsmmuAggregate() {}

  /** The identifier; null before the first event. */
  @AggregateIdentifier
  public @Nullable String id() {
    return id;
  }

  /** Decides the stimuli, one after the other, until one awaits the host. */
  @CommandHandler
  @CreationPolicy(AggregateCreationPolicy.CREATE_IF_MISSING)
  public Submission handle(SubmitStimuli command) {
    id = command.vsmmu();
    List<Decided> decisions = new ArrayList<>();
    for (Stimulus stimulus : command.stimuli()) {
      switch (Vsmmu.decide(state, stimulus)) {
        case Decision.Refused refused -> throw new StimulusRefusedException(refused);
        case Decision.Accepted accepted -> {
          decisions.add(record(accepted, command.subject()));
          if (accepted.concernsHost()) {
            return new Submission(decisions);
          }
        }
      }
    }
    return new Submission(decisions);
  }

  private Decided record(Decision.Accepted accepted, String subject) {
    long first = state.events();
    boolean mayBeLost = EventMetaData.mayBeLost(state, accepted);
    for (VsmmuEvent event : accepted.events()) {
      Map<String, Object> meta = new HashMap<>();
      EventMetaData.cause(event, first).ifPresent(c -> meta.put(EventMetaData.CAUSE, c));
      if (!subject.isEmpty()) {
        meta.put(EventMetaData.SUBJECT, subject);
      }
      if (mayBeLost) {
        meta.put(EventMetaData.DURABILITY, Durability.BOUNDED_LOSS.name());
      }
      apply(event, MetaData.from(meta));
    }
    return new Decided(first, accepted.events(), state);
  }

  /** Applies an event, from the log or just decided. */
  @EventHandler
  public void on(VsmmuEvent event, DomainEventMessage<?> message) {
    id = message.getAggregateIdentifier();
    state = Vsmmu.evolve(state, event);
  }

  /** Starts from a snapshot. */
  @EventHandler
  public void on(VsmmuState snapshot, DomainEventMessage<?> message) {
    id = message.getAggregateIdentifier();
    state = snapshot;
  }
}
