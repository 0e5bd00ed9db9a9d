package io.vsmmu.recordings.qemu;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The vSMMU to which {@link AttributionSearch} attributes each line, by the line's number; lines
 * that it does not attribute are absent. Unlike a log, this shows the lines of register reads and
 * writes too.
 */
final class LineOwners implements AccessGrouping.Output {

  private final IommufdObjects objects = new IommufdObjects();
  private final Map<Long, Long> owners = new HashMap<>();
  private final AttributionSearch search = new AttributionSearch(objects, this::settle);
  private final AccessGrouping grouping = new AccessGrouping(objects, new ImportStatistics(), this);
  private boolean known;
  private long commands;

  private LineOwners() {}

  static LineOwners of(List<String> lines) {
    LineOwners all = new LineOwners();
    TraceLexer lexer = new TraceLexer();
    long number = 0;
    for (String line : lines) {
      byte[] bytes = line.getBytes(StandardCharsets.ISO_8859_1);
      TraceLine read = lexer.read(bytes, 0, bytes.length);
      number++;
      all.known = !(read instanceof TraceLine.Unknown);
      all.grouping.take(read, new AccessGrouping.Line(number, bytes, lexer.time()), lexer.event());
    }
    all.grouping.finish();
    all.search.finish();
    return all;
  }

  private void settle(TraceItem item, long owner) {
    if (owner < 0) {
      return;
    }
    for (int i = 0; i < item.lines(); i++) {
      owners.put(item.number(i), owner);
    }
    if (item instanceof TraceItem.Access access) {
      commands += access.effects().commands().all();
    }
  }

  @Override
  public void startsWithMachine() {
    search.startsWithMachine();
  }

  @Override
  public void item(TraceItem item) {
    search.take(item);
  }

  @Override
  public void note(AccessGrouping.Line line) {
    // The line belongs to no vSMMU.
  }

  @Override
  public void orphan(AccessGrouping.Line line) {
    if (known) {
      search.linesMissing();
    }
  }

  @Override
  public void secure(long number, String text) {
    // The machines here have no Secure interface.
  }

  /** The number of commands that are attributed to a vSMMU. */
  long commands() {
    return commands;
  }

  /** The result of the comparison with the known owners. */
  record Verdict(long wrongLines, long mixed, long invented) {

    boolean right() {
      return wrongLines == 0 && mixed == 0 && invented == 0;
    }
  }

  /**
   * Compares with the known owners.
   *
   * @param truth owner of each line, in order; negative for a line of none or of all
   */
  Verdict against(List<Integer> truth) {
    Map<Long, Map<Integer, Long>> lines = new HashMap<>();
    owners.forEach(
        (line, owner) -> {
          int right = truth.get((int) (line - 1));
          if (right >= 0) {
            lines.computeIfAbsent(owner, o -> new HashMap<>()).merge(right, 1L, Long::sum);
          }
        });
    long wrong = 0;
    long mixed = 0;
    Set<Integer> meant = new HashSet<>();
    long invented = 0;
    for (Map<Integer, Long> ofOne : lines.values()) {
      long all = ofOne.values().stream().mapToLong(n -> n).sum();
      Map.Entry<Integer, Long> most =
          ofOne.entrySet().stream().max(Map.Entry.comparingByValue()).orElseThrow();
      wrong += all - most.getValue();
      mixed += ofOne.size() > 1 ? 1 : 0;
      invented += meant.add(most.getKey()) ? 0 : 1;
    }
    return new Verdict(wrong, mixed, invented);
  }
}
