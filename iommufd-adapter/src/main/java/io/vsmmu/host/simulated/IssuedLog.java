package io.vsmmu.host.simulated;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The newest commands that a vIOMMU sent to its SMMU. They are kept as raw words, so that a large
 * number of invalidations allocates no object for each command.
 */
final class IssuedLog {

  /** Most commands that are kept; older ones are only counted. */
  static final int LIMIT = 65_536;

  private static final int WORDS = 4;
  private static final int FIRST_CAPACITY = 64;

  private long[] words = new long[FIRST_CAPACITY * WORDS];
  private long count;

  void append(long guest0, long guest1, long host0, long host1) {
    int capacity = words.length / WORDS;
    if (count == capacity && capacity < LIMIT) {
      words = Arrays.copyOf(words, words.length * 2);
      capacity *= 2;
    }
    int at = (int) (count % capacity) * WORDS;
    words[at] = guest0;
    words[at + 1] = guest1;
    words[at + 2] = host0;
    words[at + 3] = host1;
    count++;
  }

  long count() {
    return count;
  }

  List<IssuedCommand> newest() {
    int capacity = words.length / WORDS;
    List<IssuedCommand> commands = new ArrayList<>();
    for (long index = Math.max(0, count - capacity); index < count; index++) {
      int at = (int) (index % capacity) * WORDS;
      commands.add(new IssuedCommand(words[at], words[at + 1], words[at + 2], words[at + 3]));
    }
    return List.copyOf(commands);
  }
}
