package io.vsmmu.lab;

import java.util.concurrent.Callable;

/** The results of a program in the lab, a numbered line each. */
final class Results {

  private int number;
  private int failed;

  /** Prints whether the fact holds; what it throws is the reason why it does not. */
  void check(String words, Callable<Boolean> fact) {
    String why = "";
    boolean holds;
    try {
      holds = fact.call();
    } catch (Exception thrown) {
      holds = false;
      why = ": " + String.valueOf(thrown.getMessage()).replaceAll("\\s+", " ");
    }
    failed += holds ? 0 : 1;
    System.out.printf("%s %d - %s%s%n", holds ? "ok" : "not ok", ++number, words, why);
  }

  /** Prints that the program failed before its end, and why. */
  void broke(Exception failed) {
    check(
        "the run came to its end",
        () -> {
          throw failed;
        });
    failed.printStackTrace();
  }

  boolean allHold() {
    return failed == 0;
  }

  /** Waits until the answer is the wanted one; otherwise the last answer is the reason. */
  static boolean becomes(String wanted, int seconds, Callable<String> asked) throws Exception {
    String found = "";
    for (int i = 0; i < seconds * 2; i++) {
      found = asked.call();
      if (found.equals(wanted)) {
        return true;
      }
      Thread.sleep(500);
    }
    throw new IllegalStateException("is " + found);
  }
}
