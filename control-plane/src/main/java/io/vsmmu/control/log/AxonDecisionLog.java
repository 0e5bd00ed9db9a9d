package io.vsmmu.control.log;

import io.vsmmu.db.EventDatabase;
import io.vsmmu.db.write.LogBusyException;
import io.vsmmu.gateway.DecisionLog;
import io.vsmmu.smmu.aggregate.Submission;
import io.vsmmu.smmu.aggregate.SubmitStimuli;
import io.vsmmu.smmu.aggregate.VsmmuAggregate;
import io.vsmmu.smmu.stimulus.Stimulus;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.axonframework.commandhandling.CommandBus;
import org.axonframework.commandhandling.CommandExecutionException;
import org.axonframework.commandhandling.CommandResultMessage;
import org.axonframework.commandhandling.GenericCommandMessage;
import org.axonframework.config.AggregateConfigurer;
import org.axonframework.config.Configuration;
import org.axonframework.config.DefaultConfigurer;
import org.axonframework.modelling.command.VersionedAggregateIdentifier;

/**
 * The decision log as Axon's command bus in front of the event store. A submission returns when its
 * events are durable; the store commits the events of several vSMMUs together. Safe for all
 * threads.
 */
public final class AxonDecisionLog implements DecisionLog, AutoCloseable {

  /**
   * vSMMUs whose state is cached; the state of the others is read from the log for each submission,
   * which takes milliseconds. That is more vSMMUs than a service is meant for. The cache costs
   * little, because the session of a vSMMU refers to the same state.
   */
  public static final int CACHED_VSMMUS = 65_536;

  private static final String AGGREGATE_TYPE = "Vsmmu";

  private final Configuration axon;
  private final CommandBus commands;

  public AxonDecisionLog(EventDatabase database) {
    axon = configure(database);
    axon.start();
    commands = axon.commandBus();
  }

  /** Switches off the update check, which uses the network, and an advertisement in the log. */
  private static void silence() {
    System.setProperty("axoniq.update-checker.disabled", "true");
    System.setProperty("disable-axoniq-console-message", "true");
  }

  private static Configuration configure(EventDatabase database) {
    silence();
    return DefaultConfigurer.defaultConfiguration(false)
        .configureEmbeddedEventStore(
            c -> database.storageEngine(new DomainPayloads(), AGGREGATE_TYPE))
        // Commands and events carry nothing that one would have to copy to the other.
        .configureCorrelationDataProviders(c -> List.of())
        .configureAggregate(
            AggregateConfigurer.defaultConfiguration(VsmmuAggregate.class)
                .configureCache(c -> new BoundedAggregateCache(CACHED_VSMMUS))
                // Axon would look for the annotated identifier at each command, which costs more
                // than deciding.
                .configureCommandTargetResolver(
                    c ->
                        command ->
                            new VersionedAggregateIdentifier(
                                (Object) ((SubmitStimuli) command.getPayload()).vsmmu(), null)))
        .buildConfiguration();
  }

  @Override
  public Submission submit(String vsmmu, List<Stimulus> stimuli, String subject) {
    AtomicReference<CommandResultMessage<?>> answer = new AtomicReference<>();
    commands.dispatch(
        GenericCommandMessage.asCommandMessage(new SubmitStimuli(vsmmu, stimuli, subject)),
        (command, result) -> answer.set(result));
    CommandResultMessage<?> result = answer.get();
    if (result.isExceptional()) {
      throw failure(result.exceptionResult());
    }
    return (Submission) result.getPayload();
  }

  @Override
  public boolean busy(RuntimeException failure) {
    return failure instanceof LogBusyException;
  }

  private static RuntimeException failure(Throwable cause) {
    return cause instanceof RuntimeException runtime
        ? runtime
        : new CommandExecutionException("The stimuli were not handled", cause);
  }

  @Override
  public void close() {
    axon.shutdown();
  }
}
