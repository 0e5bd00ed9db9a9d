package io.vsmmu.bench.host;

/**
 * One of several implementations of the same work, which are compared.
 *
 * @param name the name in the printed table
 * @param java whether it is compiled while it runs and needs a warm-up
 * @param loop the implementation
 */
record Contender(String name, boolean java, Loop loop) {

  @FunctionalInterface
  interface Loop {
    /** Returns the nanoseconds that the calls took. */
    long nanos(int calls) throws Exception;
  }

  /** One call in Java; throws if its result is wrong. */
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
