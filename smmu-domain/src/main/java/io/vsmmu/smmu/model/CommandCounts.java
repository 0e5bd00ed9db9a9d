package io.vsmmu.smmu.model;

import io.vsmmu.smmu.spec.CommandEntry;
import io.vsmmu.smmu.spec.CommandFields;
import io.vsmmu.smmu.spec.CommandOpcode;
import io.vsmmu.smmu.spec.ConfigInvalidation;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The number of commands that took effect, by the name that {@link CommandEntry#name()} gives:
 * CFGI_ALL is not CFGI_STE_RANGE, though they share an opcode. Immutable.
 *
 * <p>A count's index is the opcode. CFGI_ALL has index 0, which is no opcode: as one it is Reserved
 * (IHI 0070, 4.1.1) and never takes effect. Commands whose opcode a recording does not contain have
 * index 255, which is no opcode either.
 */
public final class CommandCounts {

  /** The number of indexes of counts. */
  public static final int INDEXES = 256;

  private static final int CFGI_ALL = 0;

  private static final int NOT_TOLD = INDEXES - 1;

  /** The name of commands whose opcode a recording does not contain. */
  public static final String NOT_TOLD_NAME = "NOT_TOLD";

  private static final int CFGI_STE_RANGE = CommandOpcode.CFGI_STE_RANGE.code();

  private static final String CFGI_ALL_NAME =
      new ConfigInvalidation.SteRange(0, false, ConfigInvalidation.RANGE_ALL).encode().name();

  private static final Map<String, Integer> INDEX_BY_NAME = indexByName();

  public static final CommandCounts NONE = new CommandCounts(new long[0]);

  /** As long as the highest index counted needs. */
  private final long[] counts;

  private CommandCounts(long[] counts) {
    this.counts = counts;
  }

  /** Counts by name, as {@link #byName()} gave them; names that no command has are dropped. */
  public static CommandCounts of(Map<String, Long> byName) {
    long[] counts = new long[INDEXES];
    for (int index = 0; index < INDEXES; index++) {
      counts[index] = byName.getOrDefault(name(index), 0L);
    }
    int length = INDEXES;
    while (length > 0 && counts[length - 1] == 0) {
      length--;
    }
    return new CommandCounts(Arrays.copyOf(counts, length));
  }

  /** How many commands of this name took effect; 0 for a name that no command has. */
  public long of(String name) {
    int index = INDEX_BY_NAME.getOrDefault(name, INDEXES);
    return index < counts.length ? counts[index] : 0;
  }

  /** Every name that a count can have, those of Reserved opcodes included; unmodifiable. */
  public static Set<String> names() {
    return INDEX_BY_NAME.keySet();
  }

  private static Map<String, Integer> indexByName() {
    Map<String, Integer> indexes = new LinkedHashMap<>();
    for (int index = 0; index < INDEXES; index++) {
      indexes.put(name(index), index);
    }
    return Collections.unmodifiableMap(indexes);
  }

  /** The counts that are not 0; unmodifiable. */
  public Map<String, Long> byName() {
    Map<String, Long> byName = new LinkedHashMap<>();
    for (int i = 0; i < counts.length; i++) {
      if (counts[i] != 0) {
        byName.put(name(i), counts[i]);
      }
    }
    return Collections.unmodifiableMap(byName);
  }

  /** How many commands took effect. */
  public long total() {
    return Arrays.stream(counts).sum();
  }

  /**
   * Counts the first {@code consumed} entries.
   *
   * @param known masks of the bits that are known, as in a stimulus; empty when all are
   */
  CommandCounts plus(List<CommandEntry> entries, List<CommandEntry> known, int consumed) {
    long[] sum = counts;
    boolean owned = false;
    for (int i = 0; i < consumed; i++) {
      boolean hasOpcode = known.size() <= i || known.get(i).opcode() != 0;
      int index = index(entries.get(i), hasOpcode);
      if (!owned || index >= sum.length) {
        sum = Arrays.copyOf(sum, Math.max(sum.length, index + 1));
        owned = true;
      }
      sum[index]++;
    }
    return owned ? new CommandCounts(sum) : this;
  }

  /** The name of the commands that a count is of, from 0 to {@link #INDEXES} - 1. */
  public static String name(int index) {
    return switch (index) {
      case CFGI_ALL -> CFGI_ALL_NAME;
      case NOT_TOLD -> NOT_TOLD_NAME;
      default -> new CommandEntry(index, 0).name();
    };
  }

  /**
   * Where a command is counted.
   *
   * @param hasOpcode whether its opcode is known
   */
  public static int index(CommandEntry entry, boolean hasOpcode) {
    if (!hasOpcode) {
      return NOT_TOLD;
    }
    int opcode = entry.opcode();
    boolean all =
        opcode == CFGI_STE_RANGE
            && CommandFields.RANGE1.get(entry.word1()) == ConfigInvalidation.RANGE_ALL;
    return all ? CFGI_ALL : opcode;
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
    return byName().toString();
  }
}
