package io.vsmmu.vfiouser;

import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * A log that a guest or VMM cannot flood: at most a number of lines in an interval. Further lines
 * are counted, and the next line that is written contains their number. Thread-safe.
 */
public final class RateLimitedLog {

  private final Consumer<String> lines;
  private final int most;
  private final long interval;
  private final LongSupplier nanoTime;

  private long begun;
  private int written;
  private long withheld;

  /**
   * @param lines receives each line that is written, under this object's monitor
   * @param most the most lines in one {@code interval}
   * @param nanoTime a clock as {@link System#nanoTime}
   */
  public RateLimitedLog(
      Consumer<String> lines, int most, Duration interval, LongSupplier nanoTime) {
    this.lines = lines;
    this.most = most;
    this.interval = interval.toNanos();
    this.nanoTime = nanoTime;
    this.begun = nanoTime.getAsLong();
  }

  /** Writes a line or counts it; {@code line} is evaluated only when it is written. */
  public synchronized void log(Supplier<String> line) {
    long now = nanoTime.getAsLong();
    if (now - begun >= interval) {
      begun = now;
      written = 0;
    }
    if (written >= most) {
      withheld++;
      return;
    }
    written++;
    String more = withheld == 0 ? "" : " (" + withheld + " lines before this one withheld)";
    withheld = 0;
    lines.accept(line.get() + more);
  }
}
