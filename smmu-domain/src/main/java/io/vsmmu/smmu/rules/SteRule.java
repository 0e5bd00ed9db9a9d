package io.vsmmu.smmu.rules;

import io.vsmmu.smmu.spec.IdRegisters;
import io.vsmmu.smmu.spec.StreamTableEntry;
import java.util.function.BiPredicate;
import java.util.function.UnaryOperator;

/**
 * One rule for an STE: what follows when {@code applies} holds.
 *
 * @param applies on the STE as the rules before this one left it
 */
public record SteRule(
    String field,
    String when,
    Says says,
    String section,
    BiPredicate<IdRegisters, StreamTableEntry> applies,
    Effect effect)
    implements FieldRule {

  /** What follows when a rule applies. */
  public sealed interface Effect {

    /** What follows, in the words of docs/fields.md. */
    String text();
  }

  /** The STE is ILLEGAL: abort, C_BAD_STE. */
  public record BadSte() implements Effect {
    @Override
    public String text() {
      return "abort, C_BAD_STE";
    }
  }

  /**
   * The STE counts as another one, for the decision and for the host.
   *
   * @param text what it counts as
   */
  public record As(String text, UnaryOperator<StreamTableEntry> ste) implements Effect {}

  @Override
  public String choice() {
    return effect.text();
  }
}
