package io.vsmmu.recordings.qemu;

import io.vsmmu.smmu.spec.CommandEntry;
import io.vsmmu.smmu.stimulus.RecordedConsumption;
import io.vsmmu.smmu.stimulus.RecordedHostCall;
import io.vsmmu.smmu.stimulus.Stimulus;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The vSMMU to which an import attributed each line, and the commands of the access that ends with
 * the line.
 *
 * @param owners index of the vSMMU, by the line's number in the whole recording
 * @param commands the commands by their index in the queue, by the number of their access's last
 *     line
 */
record Attribution(Map<Long, Integer> owners, TreeMap<Long, Map<Long, KnownCommand>> commands) {

  /**
   * A lower bound for the length of the queues in all recordings, and an upper one for accesses.
   */
  private static final long INDEX_MASK = 0xff;

  /**
   * A command as far as the recording shows it.
   *
   * @param known ones for the bits that the recording shows
   */
  record KnownCommand(int vsmmu, CommandEntry entry, CommandEntry known) {

    private boolean contradicts(KnownCommand truth) {
      long both0 = known.word0() & truth.known.word0();
      long both1 = known.word1() & truth.known.word1();
      return ((entry.word0() ^ truth.entry.word0()) & both0) != 0
          || ((entry.word1() ^ truth.entry.word1()) & both1) != 0;
    }
  }

  /**
   * The attribution that an import of some of a recording's lines gives.
   *
   * @param lines the lines
   * @param numbers their numbers in the whole recording
   */
  static Attribution of(List<String> lines, List<Long> numbers) {
    Collected found = new Collected();
    found.read(String.join("\n", lines) + "\n");
    return of(found, numbers);
  }

  /** The attribution of an import that was made before. */
  static Attribution of(Collected found, List<Long> numbers) {
    Attribution attribution = new Attribution(new TreeMap<>(), new TreeMap<>());
    Map<Integer, Long> next = new HashMap<>();
    for (Collected.Item item : found.items) {
      long line = item.line() < 1 ? 0 : numbers.get((int) item.line() - 1);
      switch (item.stimulus()) {
        case Stimulus.ConsumeCommands slice -> {
          attribution.owners.put(line, item.vsmmu());
          attribution.add(item.vsmmu(), line, slice, next);
        }
        case Stimulus.WriteRegister _ -> attribution.owners.put(line, item.vsmmu());
        case Stimulus.ObserveHostCalls calls -> {
          for (RecordedHostCall call : calls.calls()) {
            attribution.owners.put(numbers.get((int) call.line() - 1), item.vsmmu());
          }
        }
        default -> {}
      }
    }
    return attribution;
  }

  private void add(
      int vsmmu, long line, Stimulus.ConsumeCommands slice, Map<Integer, Long> nextIndex) {
    long from = slice.recorded().map(RecordedConsumption::from).orElse(RecordedConsumption.GOES_ON);
    long index = from == RecordedConsumption.GOES_ON ? nextIndex.getOrDefault(vsmmu, 0L) : from;
    Map<Long, KnownCommand> access = commands.computeIfAbsent(line, l -> new TreeMap<>());
    for (int i = 0; i < slice.entries().size(); i++) {
      access.put(
          index++ & INDEX_MASK,
          new KnownCommand(vsmmu, slice.entries().get(i), slice.known().get(i)));
    }
    nextIndex.put(vsmmu, index);
  }

  long count() {
    return commands.values().stream().mapToLong(Map::size).sum();
  }

  long vsmmus() {
    return owners.values().stream().distinct().count();
  }

  /** The attribution of the commands and invalidations alone, without register accesses. */
  Attribution ofCommands(List<String> lines) {
    Map<Long, Integer> some = new TreeMap<>(owners);
    some.keySet()
        .removeIf(
            line ->
                !commands.containsKey(line)
                    && (line == 0 || !lines.get((int) (line - 1)).contains("invalidate_cache")));
    return new Attribution(some, commands);
  }

  /** The differences from {@code truth}; empty if there are none. */
  List<String> contradictions(Attribution truth) {
    Map<Integer, Integer> meant = new TreeMap<>();
    List<String> wrong = new ArrayList<>();
    owners.forEach(
        (line, owner) -> {
          Integer right = truth.owners().get(line);
          if (right != null && !meant.computeIfAbsent(owner, o -> right).equals(right)) {
            wrong.add("line %d: vSMMU %d has something of %d".formatted(line, owner, right));
          }
        });
    commands.forEach((line, access) -> compare(line, access, truth, meant, wrong));
    return wrong;
  }

  /** The access that contains the line, among those of the line's vSMMU. */
  private Map<Long, KnownCommand> accessAt(long line) {
    Integer owner = owners.get(line);
    return commands.tailMap(line).values().stream()
        .filter(a -> a.values().stream().allMatch(t -> owner == null || t.vsmmu() == owner))
        .findFirst()
        .orElse(Map.of());
  }

  private static void compare(
      long line,
      Map<Long, KnownCommand> access,
      Attribution truth,
      Map<Integer, Integer> meant,
      List<String> wrong) {
    Map<Long, KnownCommand> right = truth.accessAt(line);
    access.forEach(
        (index, told) -> {
          KnownCommand really = right.get(index);
          if (really == null) {
            wrong.add("line %d: there is no command at %d".formatted(line, index));
          } else if (told.contradicts(really)) {
            wrong.add("line %d at %d: %s is %s".formatted(line, index, told, really));
          } else if (meant.getOrDefault(told.vsmmu(), really.vsmmu()) != really.vsmmu()) {
            wrong.add("line %d at %d: of vSMMU %d".formatted(line, index, really.vsmmu()));
          }
        });
  }
}
