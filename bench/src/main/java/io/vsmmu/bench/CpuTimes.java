package io.vsmmu.bench;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/**
 * Processor time in nanoseconds, user and system, by who spent it: a thread of this process by its
 * name, the rest of this process (garbage collection, compilation, threads that ended), and
 * PostgreSQL, whose processes are the children of this one. Other load on the machine changes it
 * less than it changes elapsed time.
 */
record CpuTimes(Map<String, Long> nanos) {

  static final String REST = "rest of the JVM";
  static final String POSTGRESQL = "PostgreSQL";

  private static final long NANOS_PER_TICK = 10_000_000;

  /** The times since the start of each thread and process. */
  static CpuTimes now() {
    Map<String, Long> times = new TreeMap<>();
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    long ofThreads = 0;
    for (ThreadInfo thread : threads.getThreadInfo(threads.getAllThreadIds())) {
      if (thread != null) {
        long time = Math.max(0, threads.getThreadCpuTime(thread.getThreadId()));
        times.merge(thread.getThreadName(), time, Long::sum);
        ofThreads += time;
      }
    }
    times.put(REST, ticks(ProcessHandle.current().pid(), false) * NANOS_PER_TICK - ofThreads);
    long postgres =
        ProcessHandle.current().descendants().mapToLong(it -> ticks(it.pid(), true)).sum();
    times.put(POSTGRESQL, postgres * NANOS_PER_TICK);
    return new CpuTimes(times);
  }

  /** What was spent since an earlier reading; threads that ended meanwhile are in the rest. */
  CpuTimes since(CpuTimes earlier) {
    Map<String, Long> spent = new TreeMap<>();
    long ended = 0;
    for (Map.Entry<String, Long> before : earlier.nanos.entrySet()) {
      if (!nanos.containsKey(before.getKey())) {
        ended += before.getValue();
      }
    }
    for (Map.Entry<String, Long> now : nanos.entrySet()) {
      spent.put(now.getKey(), now.getValue() - earlier.nanos.getOrDefault(now.getKey(), 0L));
    }
    spent.merge(REST, -ended, Long::sum);
    return new CpuTimes(spent);
  }

  long total() {
    return nanos.values().stream().mapToLong(Long::longValue).sum();
  }

  /**
   * utime and stime of a process, fields 14 and 15 of proc_pid_stat(5), and with those of its ended
   * children fields 16 and 17; 0 if it has ended.
   */
  private static long ticks(long pid, boolean withEndedChildren) {
    try {
      String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
      String[] behindName = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
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
