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

  /** A program of the same seed with other steps. */
  Program with(List<Step> others) {
    return new Program(seed, others);
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
