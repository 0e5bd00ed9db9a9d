package io.vsmmu.simulation;

import java.util.ArrayList;
import java.util.List;

/** Steps and the vSMMU that they run on. Its text is a file of the regression programs. */
record Program(Setup setup, List<Step> steps) {

  Program {
    steps = List.copyOf(steps);
  }

  Program with(List<Step> others) {
    return new Program(setup, others);
  }

  /** One line for the vSMMU and one for each step. */
  String text() {
    StringBuilder text = new StringBuilder(setup.text()).append('\n');
    steps.forEach(step -> text.append(step.text()).append('\n'));
    return text.toString();
  }

  /** The program of a text; lines that are empty or begin with '#' are comments. */
  static Program parse(List<String> lines) {
    List<String> content =
        lines.stream().map(String::strip).filter(l -> !l.isEmpty() && !l.startsWith("#")).toList();
    List<Step> steps = new ArrayList<>();
    content.stream().skip(1).map(Step::parse).forEach(steps::add);
    return new Program(Setup.parse(content.getFirst()), steps);
  }
}
