package io.vsmmu.bench;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/**
 * Processor time, user and system, by who spent it: the threads of this process by their names,
 * those that ended, and PostgreSQL, whose processes are the children of this one. Other load on the
 * machine changes it less than it changes elapsed time.
 *
 * @param ticks hundredths of a second
 */
record CpuTimes(Map<String, Long> ticks) {

  /** What the threads have spent that ended, such as the deciding thread of an import. */
  static final String ENDED = "ended threads";

  private static final String POSTGRESQL = "PostgreSQL";
  private static final String COMPILER = "JIT compiler";
  private static final String COLLECTOR = "garbage collector";
  private static final double MICROS_PER_TICK = 10_000;

  /** The times since the start of each thread and process. */
  static CpuTimes now() {
    Map<String, Long> times = new TreeMap<>();
    long ofThreads = 0;
    try (DirectoryStream<Path> threads = Files.newDirectoryStream(Path.of("/proc/self/task"))) {
      for (Path thread : threads) {
        long time = ticks(thread, false);
        ofThreads += time;
        times.merge(name(thread), time, Long::sum);
      }
    } catch (IOException e) {
      throw new IllegalStateException("proc(5) is not readable", e);
    }
    times.put(ENDED, ticks(Path.of("/proc/self"), false) - ofThreads);
    long postgres =
        ProcessHandle.current()
            .descendants()
            .mapToLong(it -> ticks(Path.of("/proc/" + it.pid()), true))
            .sum();
    times.put(POSTGRESQL, postgres);
    return new CpuTimes(times);
  }

  private static String name(Path thread) {
    String name;
    try {
      name = Files.readString(thread.resolve("comm")).strip();
    } catch (IOException ended) {
      return ENDED;
    }
    if (name.contains("Compiler")) {
      return COMPILER;
    }
    return name.startsWith("GC ") ? COLLECTOR : name;
  }

  /** What was spent since an earlier reading, in microseconds. */
  Map<String, Double> microsSince(CpuTimes earlier) {
    Map<String, Double> spent = new TreeMap<>();
    ticks.forEach(
        (who, now) ->
            spent.put(who, (now - earlier.ticks.getOrDefault(who, 0L)) * MICROS_PER_TICK));
    return spent;
  }

  /**
   * utime and stime of a process or thread, fields 14 and 15 of proc_pid_stat(5), and with those of
   * its ended children fields 16 and 17; 0 if it has ended.
   */
  private static long ticks(Path of, boolean withEndedChildren) {
    try {
      String stat = Files.readString(of.resolve("stat"));
      String[] behindName = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
      long sum = 0;
      for (int field = 14; field <= (withEndedChildren ? 17 : 15); field++) {
        sum += Long.parseLong(behindName[field - 3]);
      }
      return sum;
    } catch (IOException ended) {
      return 0;
    }
  }
}
