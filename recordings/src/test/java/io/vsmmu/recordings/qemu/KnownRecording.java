package io.vsmmu.recordings.qemu;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.LongStream;

/**
 * A recording with the vSMMU that each line belongs to.
 *
 * @param owners index of the vSMMU of each line, {@link #VM} for a line of none or of all
 */
record KnownRecording(List<String> lines, List<Integer> owners) {

  static final int VM = -1;

  /** Two of these lines without an access between them show two vSMMUs. */
  private static final String RESET = "smmu_reset_exit ";

  KnownRecording() {
    this(new ArrayList<>(), new ArrayList<>());
  }

  void add(String line, int owner) {
    lines.add(line);
    owners.add(owner);
  }

  /** The recording as QEMU would write it. */
  String text() {
    return String.join("\n", lines) + "\n";
  }

  /** Without the lines that {@code dropped} says are not traced. */
  KnownRecording without(Predicate<String> dropped) {
    KnownRecording rest = new KnownRecording();
    for (int i = 0; i < lines.size(); i++) {
      if (!dropped.test(lines.get(i))) {
        rest.add(lines.get(i), owners.get(i));
      }
    }
    return rest;
  }

  private int vsmmus() {
    return owners.stream().mapToInt(o -> o).max().orElse(VM) + 1;
  }

  /** The correct attribution: each vSMMU's own lines, imported separately. */
  Attribution truth() {
    Attribution truth = new Attribution(new TreeMap<>(), new TreeMap<>());
    for (int vsmmu = 0; vsmmu < vsmmus(); vsmmu++) {
      List<String> own = new ArrayList<>();
      List<Long> numbers = new ArrayList<>();
      boolean untouched = false;
      for (int i = 0; i < lines.size(); i++) {
        boolean reset = lines.get(i).equals(RESET);
        boolean ofIt = owners.get(i) == vsmmu || owners.get(i) == VM;
        if (ofIt && !(reset && untouched)) {
          untouched = reset || (untouched && !lines.get(i).startsWith("smmuv3_"));
          own.add(lines.get(i));
          numbers.add(i + 1L);
        }
      }
      int owner = vsmmu;
      Attribution.of(own, numbers)
          .commands()
          .forEach(
              (line, access) -> {
                access.replaceAll(
                    (i, t) -> new Attribution.KnownCommand(owner, t.entry(), t.known()));
                truth.commands().put(line, access);
              });
    }
    for (int i = 0; i < lines.size(); i++) {
      if (owners.get(i) != VM) {
        truth.owners().put(i + 1L, owners.get(i));
      }
    }
    return truth;
  }

  /** The differences between the import of the whole and the correct attribution. */
  List<String> contradictions(Collected found) {
    return Attribution.of(found, numbers()).contradictions(truth());
  }

  /** The same for commands alone, without register accesses. */
  List<String> contradictionsOfCommands(Collected found) {
    return Attribution.of(found, numbers()).ofCommands(lines).contradictions(truth());
  }

  private List<Long> numbers() {
    return LongStream.rangeClosed(1, lines.size()).boxed().toList();
  }
}
