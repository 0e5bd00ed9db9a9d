package io.vsmmu.recordings.qemu;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.LongUnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Makes recordings of two vSMMUs out of recordings of one. */
final class Interleaving {

  /** The number of entries by which the second vSMMU's queue is ahead. */
  static final int QUEUE_SHIFT = 100_000;

  static final int STREAM_SHIFT = 0x2000;
  static final int ASID_SHIFT = 50;
  static final int KERNEL_ID_SHIFT = 1000;

  private Interleaving() {}

  static List<String> lines(String recording) {
    return recording.lines().toList();
  }

  /** The same lines as those of another vSMMU, with other StreamIDs, ASIDs, ids and positions. */
  static String renamed(String recording) {
    String text = recording;
    text =
        shift(
            text,
            "(?<=sid=0x|streamid= 0x|vSID=0x|virt_id=0x)[0-9a-f]+",
            16,
            v -> v + STREAM_SHIFT);
    text = shift(text, "(?<= asid=)[0-9]+", 10, v -> v + ASID_SHIFT);
    text =
        shift(
            text,
            "(?<= id=|"
                + " devid=|dev_id=|pt_id=|out_hwpt=|viommu_id=|vdev_id=|veventq_id=|hwpt_id=|ioas=)[0-9]+(?![0-9x])",
            10,
            v -> v + KERNEL_ID_SHIFT);
    text = shift(text, "(?<=prod=|cons=|prod:|cons:)[0-9]+", 10, v -> v + QUEUE_SHIFT);
    text =
        shift(text, "(?<=addr: 0x98 val:0x|addr: 0x9c val:0x)[0-9a-f]+", 16, v -> v + QUEUE_SHIFT);
    text = text.replace("0000:00:03.0", "0000:00:13.0");
    return text.replace("40000000406bc000", "40000000706bc000");
  }

  private static String shift(String text, String pattern, int radix, LongUnaryOperator by) {
    Matcher matcher = Pattern.compile(pattern).matcher(text);
    return matcher.replaceAll(
        m -> Long.toString(by.applyAsLong(Long.parseLong(m.group(), radix)), radix));
  }

  /** Alternates after a random number of lines, at most {@code most}. */
  static KnownRecording chunks(List<String> one, List<String> other, int most, long seed) {
    return turns(pieces(one, most, seed), pieces(other, most, seed + 1), new Random(seed + 2));
  }

  /** Alternates between whole accesses, as QEMU does under its big lock. */
  static KnownRecording accesses(List<String> one, List<String> other, long seed) {
    return turns(accessesOf(one), accessesOf(other), new Random(seed));
  }

  static KnownRecording lineByLine(List<String> one, List<String> other) {
    KnownRecording mixed = new KnownRecording();
    for (int i = 0; i < Math.max(one.size(), other.size()); i++) {
      append(mixed, one, i, 0);
      append(mixed, other, i, 1);
    }
    return mixed;
  }

  private static void append(KnownRecording mixed, List<String> lines, int index, int owner) {
    if (index < lines.size()) {
      mixed.add(lines.get(index), owner);
    }
  }

  private static KnownRecording turns(
      List<List<String>> one, List<List<String>> other, Random random) {
    KnownRecording mixed = new KnownRecording();
    int i = 0;
    int j = 0;
    while (i < one.size() || j < other.size()) {
      boolean first = j == other.size() || (i < one.size() && random.nextBoolean());
      List<String> piece = first ? one.get(i++) : other.get(j++);
      piece.forEach(line -> mixed.add(line, first ? 0 : 1));
    }
    return mixed;
  }

  private static List<List<String>> pieces(List<String> lines, int most, long seed) {
    Random random = new Random(seed);
    List<List<String>> pieces = new ArrayList<>();
    for (int from = 0; from < lines.size(); ) {
      int to = Math.min(lines.size(), from + 1 + random.nextInt(most));
      pieces.add(lines.subList(from, to));
      from = to;
    }
    return pieces;
  }

  private static List<List<String>> accessesOf(List<String> lines) {
    List<List<String>> accesses = new ArrayList<>();
    int from = 0;
    for (int i = 0; i < lines.size(); i++) {
      if (lines.get(i).contains("_mmio ")) {
        accesses.add(lines.subList(from, i + 1));
        from = i + 1;
      }
    }
    if (from < lines.size()) {
      accesses.add(lines.subList(from, lines.size()));
    }
    return accesses;
  }
}
