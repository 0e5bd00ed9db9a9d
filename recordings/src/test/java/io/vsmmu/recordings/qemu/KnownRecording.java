package io.vsmmu.recordings.qemu;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.LongStream;

/**
 * A recording of which is known whose each line is.
 *
 * @param owners index of the vSMMU a line is of, {@link #VM} if it is of none or of all
 */
record KnownRecording(List<String> lines, List<Integer> owners) {

  static final int VM = -1;

  /** Two of them without an access between would tell of two vSMMUs. */
  private static final String RESET = "smmu_reset_exit ";

  KnownRecording() {
    this(new ArrayList<>(), new ArrayList<>());
  }

  void add(String line, int owner) {
    lines.add(line);
    owners.add(owner);
  }

  /** The whole as QEMU would write it. */
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

  /** What each vSMMU's own lines give when they are imported alone, put together. */
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
                access.replaceAll((i, t) -> new Attribution.Told(owner, t.entry(), t.known()));
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

  /** How the import of the whole contradicts the truth; empty if it does not. */
  List<String> contradictions(Collected found) {
    return Attribution.of(found, numbers()).contradictions(truth());
  }

  /** The same without whose set-up and register writes are. */
  List<String> contradictionsOfCommands(Collected found) {
    return Attribution.of(found, numbers()).ofCommands(lines).contradictions(truth());
  }

  private List<Long> numbers() {
    return LongStream.rangeClosed(1, lines.size()).boxed().toList();
  }
}
