package io.vsmmu.smmu.model;

import io.vsmmu.smmu.spec.CommandEntry;
import java.util.Arrays;
import java.util.List;

/** How many commands of each opcode took effect; immutable. */
public final class CommandCounts {

  private static final int OPCODES = 256;

  /** Nothing consumed yet. */
  public static final CommandCounts NONE = new CommandCounts(new long[0]);

  /** Indexed by opcode, as long as the highest opcode seen needs. */
  private final long[] counts;

  private CommandCounts(long[] counts) {
    this.counts = counts;
  }

  /**
   * The counts that a snapshot holds.
   *
   * @param counts indexed by opcode; entries from 256 on are no opcodes and are dropped
   */
  public static CommandCounts of(long[] counts) {
    return new CommandCounts(Arrays.copyOf(counts, Math.min(counts.length, OPCODES)));
  }

  /** How many commands with this opcode, 0..255, took effect. */
  public long of(int opcode) {
    return opcode < counts.length ? counts[opcode] : 0;
  }

  /** How many commands took effect. */
  public long total() {
    return Arrays.stream(counts).sum();
  }

  /** One more than the highest opcode counted. */
  public int length() {
    return counts.length;
  }

  CommandCounts plus(List<CommandEntry> entries, int consumed) {
    long[] sum = counts;
    boolean owned = false;
    for (int i = 0; i < consumed; i++) {
      int opcode = entries.get(i).opcode();
      if (!owned || opcode >= sum.length) {
        sum = Arrays.copyOf(sum, Math.max(sum.length, opcode + 1));
        owned = true;
      }
      sum[opcode]++;
    }
    return owned ? new CommandCounts(sum) : this;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof CommandCounts that && Arrays.equals(counts, that.counts);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(counts);
  }

  @Override
  public String toString() {
    return Arrays.toString(counts);
  }
}
