package io.vsmmu.smmu.rules;

import io.vsmmu.smmu.spec.CommandEntry;
import io.vsmmu.smmu.spec.CommandOpcode;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.function.UnaryOperator;

/**
 * One rule for commands: what follows when {@code applies} holds.
 *
 * @param commands whose rule it is
 * @param applies on the entry as the rules before this one left it
 * @param effect what follows
 */
public record CommandRule(
    Set<CommandOpcode> commands,
    String field,
    String when,
    Says says,
    String section,
    BiPredicate<CommandFacts, CommandEntry> applies,
    Effect effect)
    implements FieldRule {

  /** What follows when a rule applies. */
  public sealed interface Effect {

    /** What follows, in the words of docs/fields.md. */
    String text();
  }

  /**
   * The queue stops with CERROR_ILL.
   *
   * @param reason what is wrong, for the log
   */
  public record Illegal(String reason) implements Effect, CommandRules.Result {
    @Override
    public String text() {
      return "CERROR_ILL";
    }
  }

  /** The command is consumed; nothing else happens. */
  public record NoEffect() implements Effect, CommandRules.Result {
    @Override
    public String text() {
      return "consumed without effect";
    }
  }

  /**
   * The command counts as another one, for the decision and for the host.
   *
   * @param text what it counts as
   */
  public record As(String text, UnaryOperator<CommandEntry> entry) implements Effect {}

  @Override
  public String choice() {
    return effect.text();
  }
}
