package io.vsmmu.recordings.qemu;

import io.vsmmu.smmu.spec.CommandEntry;
import io.vsmmu.smmu.stimulus.Stimulus;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * To which vSMMU an import attributed the commands that end with each line.
 *
 * @param owners index of the vSMMU, by the line's number in the whole recording
 * @param commands names of the commands, likewise
 */
record Attribution(Map<Long, Integer> owners, Map<Long, List<String>> commands) {

  /**
   * What an import of some of a recording's lines gives.
   *
   * @param lines the lines
   * @param numbers their numbers in the whole recording
   */
  static Attribution of(List<String> lines, List<Long> numbers) {
    Collected found = new Collected();
    found.read(String.join("\n", lines) + "\n");
    Map<Long, Integer> owners = new TreeMap<>();
    Map<Long, List<String>> commands = new HashMap<>();
    for (Collected.Item item : found.items) {
      if (item.stimulus() instanceof Stimulus.ConsumeCommands slice) {
        long line = numbers.get((int) item.line() - 1);
        owners.put(line, item.vsmmu());
        commands
            .computeIfAbsent(line, l -> new ArrayList<>())
            .addAll(slice.entries().stream().map(CommandEntry::name).toList());
      }
    }
    return new Attribution(owners, commands);
  }

  long count() {
    return commands.values().stream().mapToLong(List::size).sum();
  }

  long vsmmus() {
    return owners.values().stream().distinct().count();
  }

  /** What is attributed otherwise than in {@code truth}; empty if nothing is. */
  List<String> contradictions(Attribution truth) {
    Map<Integer, Set<Integer>> meant = new TreeMap<>();
    List<String> wrong = new ArrayList<>();
    owners.forEach(
        (line, owner) -> {
          Integer right = truth.owners().get(line);
          if (right != null) {
            Set<Integer> all = meant.computeIfAbsent(owner, o -> new HashSet<>());
            if (all.add(right) && all.size() > 1) {
              wrong.add(
                  "vSMMU %d has commands of several, first in line %d".formatted(owner, line));
            }
          }
        });
    return wrong;
  }
}
