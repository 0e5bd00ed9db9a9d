package io.vsmmu.bench.host;

/**
 * A way of doing the same work.
 *
 * @param name as the table shows it
 * @param java whether it is compiled while it runs, and has to be warmed up
 * @param loop what does it
 */
record Contender(String name, boolean java, Loop loop) {

  /** So many calls in a row. */
  @FunctionalInterface
  interface Loop {
    /** Nanoseconds that these calls took. */
    long nanos(int calls) throws Exception;
  }

  /** One call of Java's; throws when it does not give what it should. */
  @FunctionalInterface
  interface Call {
    void run() throws Exception;
  }

  static Contender c(String name, Loop loop) {
    return new Contender(name, false, loop);
  }

  static Contender java(String name, Call call) {
    return new Contender(
        name,
        true,
        calls -> {
          long start = System.nanoTime();
          for (int i = 0; i < calls; i++) {
            call.run();
          }
          return System.nanoTime() - start;
        });
  }
}
