package io.vsmmu.recordings.qemu;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.IntPredicate;
import java.util.function.Predicate;

/**
 * Cuts recordings whose correct attribution is known at thousands of lines, and prints how the
 * import's attribution compares with it. {@code main} runs the whole sweep, which takes minutes;
 * {@link AttributionOfPartsTest} runs a small seeded share of it.
 */
final class AttributionSweep {

  /** The results for a set of recordings. */
  static final class Figures {
    private final String name;
    long parts;
    long wrong;
    long mixed;
    long invented;
    long commands;
    long attributed;
    final List<String> examples = new ArrayList<>();

    Figures(String name) {
      this.name = name;
    }

    @Override
    public String toString() {
      return "%-48s %6d parts: wrong %d mixed %d invented %d, attributed %.2f %% %s"
          .formatted(
              name,
              parts,
              wrong,
              mixed,
              invented,
              commands == 0 ? 100.0 : 100.0 * attributed / commands,
              examples.isEmpty() ? "" : examples.subList(0, Math.min(6, examples.size())));
    }

    boolean right() {
      return wrong == 0 && mixed == 0 && invented == 0;
    }
  }

  private final List<String> lines;
  private final List<Integer> truth;

  AttributionSweep(KnownRecording recording) {
    this.lines = recording.lines();
    this.truth = recording.owners();
  }

  int lines() {
    return lines.size();
  }

  /** Imports the lines whose index is kept and adds the result. */
  void part(Figures figures, String name, IntPredicate kept) {
    List<String> some = new ArrayList<>();
    List<Integer> right = new ArrayList<>();
    long commands = 0;
    for (int i = 0; i < lines.size(); i++) {
      if (kept.test(i)) {
        some.add(lines.get(i));
        right.add(truth.get(i));
        commands += lines.get(i).contains("smmuv3_cmdq_opcode") ? 1 : 0;
      }
    }
    LineOwners owners = LineOwners.of(some);
    LineOwners.Verdict verdict = owners.against(right);
    figures.parts++;
    figures.wrong += verdict.wrongLines() > 0 ? 1 : 0;
    figures.mixed += verdict.mixed() > 0 ? 1 : 0;
    figures.invented += verdict.invented() > 0 ? 1 : 0;
    figures.commands += commands;
    figures.attributed += owners.commands();
    if (Boolean.getBoolean("low") && owners.commands() < commands / 2) {}
    if (!verdict.right()) {
      String example =
          "%s %d,%d,%d".formatted(name, verdict.wrongLines(), verdict.mixed(), verdict.invented());
      figures.examples.add(verdict.wrongLines() > 0 ? 0 : figures.examples.size(), example);
    }
  }

  void tail(Figures figures, int from) {
    part(figures, "tail +" + (from + 1), i -> i >= from);
  }

  void head(Figures figures, int to) {
    part(figures, "head " + to, i -> i < to);
  }

  void hole(Figures figures, int from, int to) {
    part(figures, "without %d,%d".formatted(from + 1, to), i -> i < from || i >= to);
  }

  void holes(Figures figures, int from, int to, int second, int end) {
    part(
        figures,
        "without %d,%d and %d,%d".formatted(from + 1, to, second + 1, end),
        i -> (i < from || i >= to) && (i < second || i >= end));
  }

  void loss(Figures figures, double share, long seed) {
    Random random = new Random(seed);
    boolean[] lost = new boolean[lines.size()];
    for (int i = 0; i < lost.length; i++) {
      lost[i] = random.nextDouble() < share;
    }
    part(figures, "%.4f lost, seed %d".formatted(share, seed), i -> !lost[i]);
  }

  /** A gap at a random line, of a random length; short and long gaps are equally frequent. */
  void randomHole(Figures figures, Random random) {
    int from = random.nextInt(lines.size());
    hole(figures, from, Math.min(lines.size(), from + length(random)));
  }

  void randomHoles(Figures figures, Random random) {
    int from = random.nextInt(lines.size());
    int to = Math.min(lines.size(), from + length(random));
    int second = random.nextInt(lines.size());
    holes(figures, from, to, second, Math.min(lines.size(), second + length(random)));
  }

  /** A late start and a gap. */
  void randomTailWithHole(Figures figures, Random random) {
    int start = random.nextInt(lines.size());
    int from = start + random.nextInt(lines.size() - start);
    int to = Math.min(lines.size(), from + length(random));
    part(
        figures,
        "tail +%d without %d,%d".formatted(start + 1, from + 1, to),
        i -> i >= start && (i < from || i >= to));
  }

  private int length(Random random) {
    double most = Math.log(lines.size());
    return (int) Math.max(1, Math.exp(random.nextDouble() * most));
  }

  /** Two or three boots, of which the first may be cut short, with work and replugs between. */
  static RecordedMachine life(long seed, int vsmmus, int accelerated) {
    Random random = new Random(seed);
    List<Boolean> kinds = new ArrayList<>();
    for (int i = 0; i < vsmmus; i++) {
      kinds.add(i < accelerated);
    }
    Collections.shuffle(kinds, random);
    RecordedMachine machine = new RecordedMachine(seed, kinds);
    if (seed % 3 == 1) {
      machine.bootCutShort();
    }
    machine.boot();
    machine.work(20);
    machine.replug(random.nextInt(vsmmus));
    machine.work(60);
    machine.reset();
    machine.boot();
    machine.work(100);
    machine.replug(random.nextInt(vsmmus));
    machine.replug(random.nextInt(vsmmus));
    machine.work(10);
    return machine;
  }

  private static void real(String what, int step) {
    AttributionSweep sweep = new AttributionSweep(TwoVsmmus.recording());
    int all = sweep.lines();
    Figures whole = new Figures("two vSMMUs, whole");
    sweep.tail(whole, 0);
    System.out.println(whole);
    if (what.contains("t")) {
      Figures tails = new Figures("two vSMMUs, tail");
      for (int i = 0; i < all; i += i < 600 || (i > 7600 && i < 8400) || i > 17_900 ? 1 : step) {
        sweep.tail(tails, i);
      }
      System.out.println(tails);
    }
    if (what.contains("h")) {
      Figures heads = new Figures("two vSMMUs, head");
      for (int i = 1; i < all; i += i < 600 || (i > 7600 && i < 8400) || i > 17_900 ? 1 : step) {
        sweep.head(heads, i);
      }
      System.out.println(heads);
    }
    if (what.contains("o")) {
      Random random = new Random(1);
      Figures holes = new Figures("two vSMMUs, hole");
      Figures two = new Figures("two vSMMUs, two holes");
      Figures late = new Figures("two vSMMUs, tail with hole");
      for (int i = 0; i < 20_000 / step; i++) {
        sweep.randomHole(holes, random);
        sweep.randomHoles(two, random);
        sweep.randomTailWithHole(late, random);
      }
      Figures boots = new Figures("two vSMMUs, holes around the boots");
      int[] places = {
        20, 60, 120, 180, 200, 240, 330, 7700, 7810, 7818, 7840, 7860, 7960, 8010, 8120
      };
      for (int i = 0; i < 40_000 / step; i++) {
        int from = places[random.nextInt(places.length)] + random.nextInt(60) - 30;
        int to = places[random.nextInt(places.length)] + random.nextInt(60) - 30;
        sweep.hole(boots, Math.max(0, Math.min(from, to)), Math.max(from, to));
      }
      System.out.println(holes + "\n" + two + "\n" + late + "\n" + boots);
    }
    if (what.contains("l")) {
      for (double share : new double[] {0.0002, 0.001, 0.01, 0.05}) {
        Figures loss = new Figures("two vSMMUs, " + share + " of the lines lost");
        for (int seed = 0; seed < 40; seed++) {
          sweep.loss(loss, share, seed);
        }
        System.out.println(loss);
      }
    }
  }

  /** Prefixes of the names of trace events that a user may not have enabled. */
  static final List<String> EVENTS =
      List.of(
          "smmuv3_cmdq_consume ",
          "smmuv3_cmdq_consume_out",
          "smmuv3_cmdq_opcode",
          "smmuv3_cmdq",
          "iommufd_",
          "smmuv3_read_mmio",
          "smmuv3_write_mmio",
          "smmuv3_cmdq_cfgi",
          "smmuv3_range_inval",
          "smmuv3_find_ste",
          "smmu_reset_exit");

  private static void generated(int seeds, int cuts) {
    for (int vsmmus = 1; vsmmus <= 4; vsmmus++) {
      for (int accelerated = 0; accelerated <= vsmmus; accelerated++) {
        String kind = "%d vSMMUs, %d accelerated: ".formatted(vsmmus, accelerated);
        Figures whole = new Figures(kind + "whole");
        Figures dropped = new Figures(kind + "an event not traced");
        Figures holes = new Figures(kind + "holes");
        Figures tails = new Figures(kind + "tails");
        Figures both = new Figures(kind + "tails with hole, dropped");
        Figures loss = new Figures(kind + "lines lost");
        for (int seed = 0; seed < seeds; seed++) {
          KnownRecording recording = life(seed, vsmmus, accelerated).recording();
          AttributionSweep sweep = new AttributionSweep(recording);
          String at = "seed " + seed + " ";
          int before = whole.examples.size();
          sweep.tail(whole, 0);
          mark(whole, before, at);
          for (String event : EVENTS) {
            before = dropped.examples.size();
            AttributionSweep without = without(recording, event);
            without.tail(dropped, 0);
            mark(dropped, before, at + event);
            Random random = new Random(seed);
            before = both.examples.size();
            for (int i = 0; i < cuts / 10; i++) {
              without.randomTailWithHole(both, random);
            }
            mark(both, before, at + event);
          }
          Random random = new Random(seed);
          before = holes.examples.size();
          int beforeTails = tails.examples.size();
          int beforeLoss = loss.examples.size();
          for (int i = 0; i < cuts; i++) {
            if (i % 2 == 0) {
              sweep.randomHole(holes, random);
            } else {
              sweep.randomHoles(holes, random);
            }
            sweep.tail(tails, random.nextInt(sweep.lines()));
            sweep.loss(loss, i % 3 == 0 ? 0.01 : 0.001, random.nextLong());
          }
          mark(holes, before, at);
          mark(tails, beforeTails, at);
          mark(loss, beforeLoss, at);
        }
        System.out.println(
            whole + "\n" + dropped + "\n" + holes + "\n" + tails + "\n" + both + "\n" + loss);
      }
    }
  }

  private static AttributionSweep without(KnownRecording recording, String event) {
    Predicate<String> dropped = line -> line.startsWith(event);
    return new AttributionSweep(recording.without(dropped));
  }

  private static void mark(Figures figures, int from, String text) {
    figures.examples.replaceAll(e -> e.startsWith("seed") ? e : text + e);
  }

  /**
   * Runs the whole sweep.
   *
   * @param arguments {@code real}, letters of tail, head, (h)ole, (l)oss as {@code thol}, and the
   *     step; or {@code generated}, the number of seeds, and the number of cuts of each
   */
  public static void main(String[] arguments) {
    if (arguments[0].equals("real")) {
      real(arguments[1], Integer.parseInt(arguments[2]));
    } else {
      generated(Integer.parseInt(arguments[1]), Integer.parseInt(arguments[2]));
    }
  }

  private AttributionSweep() {
    this(new KnownRecording());
  }
}
