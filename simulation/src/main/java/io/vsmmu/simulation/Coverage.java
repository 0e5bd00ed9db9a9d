package io.vsmmu.simulation;

import java.util.Map;
import java.util.TreeMap;

/** Counts what programs did, so that a run shows what it covered. Thread-safe. */
final class Coverage {

  private final Map<String, Long> counts = new TreeMap<>();

  synchronized void count(String what, long by) {
    counts.merge(what, by, Long::sum);
  }

  void step(Step step) {
    count("steps", 1);
    String text = step.text();
    int space = text.indexOf(' ');
    count("step " + (space < 0 ? text : text.substring(0, space)), 1);
  }

  void command(int opcode) {
    count("commands", 1);
    count("opcode 0x%02x".formatted(opcode), 1);
  }

  void hostFault() {
    count("steps with failing host calls", 1);
  }

  void restart() {
    count("orderly restarts", 1);
  }

  void death(Trap.End how, boolean boundary) {
    String name =
        switch (how) {
          case KILL -> "kills";
          case POWER_LOSS -> "losses of power";
          case CALL_FAILS -> "failed system calls";
        };
    count(name + (boundary ? " at a boundary" : ""), 1);
  }

  void events(int events) {
    count("events", events);
  }

  synchronized Map<String, Long> counts() {
    return new TreeMap<>(counts);
  }
}
