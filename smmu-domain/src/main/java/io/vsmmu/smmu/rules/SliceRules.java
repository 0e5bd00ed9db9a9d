package io.vsmmu.smmu.rules;

import static io.vsmmu.smmu.spec.CommandFields.ADDRESS1;

import io.vsmmu.smmu.rules.CommandRules.Effective;
import io.vsmmu.smmu.rules.CommandRules.Result;
import io.vsmmu.smmu.spec.CommandEntry;
import io.vsmmu.smmu.spec.CommandOpcode;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Applies {@link CommandRules} to the commands of one slice of the Command queue. An unmapping
 * gives a run of TLB invalidations that differ in their Address, which no rule for them looks at:
 * the rules are applied to the first one, and the others have its result. For one thread.
 */
public final class SliceRules {

  /** The TLB invalidations with an Address field (IHI 0070, 4.4) that the queue may contain. */
  private static final Set<CommandOpcode> ANY_ADDRESS =
      EnumSet.of(
          CommandOpcode.TLBI_NH_VA,
          CommandOpcode.TLBI_NH_VAA,
          CommandOpcode.TLBI_EL2_VA,
          CommandOpcode.TLBI_EL2_VAA);

  private final CommandFacts facts;

  /** The last command with an Address that does not matter, and its result; null before it. */
  private @Nullable CommandEntry last;

  private Result result = CommandRules.NOTHING;

  public SliceRules(CommandFacts facts) {
    this.facts = facts;
  }

  /** As {@link CommandRules#apply}. */
  public Result apply(CommandEntry entry) {
    CommandEntry like = last;
    if (like != null && like.word0() == entry.word0() && sameButAddress(like, entry)) {
      return result instanceof Effective(CommandEntry counted)
          ? new Effective(withAddress(counted, entry))
          : result;
    }
    Result applied = CommandRules.apply(facts, entry);
    if (entry.command().filter(ANY_ADDRESS::contains).isPresent()) {
      last = entry;
      result = applied;
    }
    return applied;
  }

  /** The command without its ignored fields, as a host receives it; an illegal one unchanged. */
  public CommandEntry effective(CommandEntry entry) {
    return apply(entry) instanceof Effective(CommandEntry counted) ? counted : entry;
  }

  private static boolean sameButAddress(CommandEntry like, CommandEntry entry) {
    return ((like.word1() ^ entry.word1()) & ~ADDRESS1.mask()) == 0;
  }

  private static CommandEntry withAddress(CommandEntry counted, CommandEntry entry) {
    long word1 = (counted.word1() & ~ADDRESS1.mask()) | (entry.word1() & ADDRESS1.mask());
    return new CommandEntry(counted.word0(), word1);
  }
}
