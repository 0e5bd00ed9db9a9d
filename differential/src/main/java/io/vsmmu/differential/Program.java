package io.vsmmu.differential;

import java.util.ArrayList;
import java.util.List;

/**
 * The steps of a guest.
 *
 * @param seed the seed that generates it; 0 for a program written by hand
 */
record Program(long seed, List<Step> steps) {

  Program {
    steps = List.copyOf(steps);
  }

  static Program of(List<Step> steps) {
    return new Program(0, steps);
  }

  /** The program without {@code count} steps from {@code first} on. */
  Program without(int first, int count) {
    List<Step> rest = new ArrayList<>(steps.subList(0, first));
    rest.addAll(steps.subList(first + count, steps.size()));
    return new Program(seed, rest);
  }

  /** One line for each step, numbered from 0. */
  List<String> lines() {
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < steps.size(); i++) {
      lines.add("%4d %s".formatted(i, steps.get(i)));
    }
    return lines;
  }
}
