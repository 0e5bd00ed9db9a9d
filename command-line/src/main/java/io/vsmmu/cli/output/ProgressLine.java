package io.vsmmu.cli.output;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Shows progress on standard error. On a terminal it is one line that is overwritten and at the end
 * erased; otherwise it is a new line every {@link #SPARSE}, and none if the work ends earlier.
 */
public final class ProgressLine {

  /** The system property that the launcher sets where standard error is a terminal. */
  public static final String TERMINAL = "vsmmu.err-terminal";

  /** Without a terminal: the time between two lines, and before the first one. */
  public static final Duration SPARSE = Duration.ofSeconds(10);

  private final PrintWriter err;
  private final boolean terminal;
  private final int columns;
  private final LongSupplier clock;
  private long last;
  private int shown;
  private boolean ended;

  /**
   * @param columns of the terminal
   * @param clock as {@link System#nanoTime}
   */
  public ProgressLine(PrintWriter err, boolean terminal, int columns, LongSupplier clock) {
    this.err = err;
    this.terminal = terminal;
    this.columns = columns;
    this.clock = clock;
    this.last = clock.getAsLong();
  }

  /** Shows the text; without a terminal only if {@link #SPARSE} has passed. */
  public synchronized void show(String text) {
    if (ended) {
      return;
    }
    if (terminal) {
      String cut = text.substring(0, Math.min(text.length(), columns - 1));
      err.print("\r" + cut + " ".repeat(Math.max(0, shown - cut.length())));
      err.flush();
      shown = cut.length();
      return;
    }
    long now = clock.getAsLong();
    if (now - last >= SPARSE.toNanos()) {
      last = now;
      err.println(text);
      err.flush();
    }
  }

  /** Erases the line. Later calls of {@link #show} have no effect. */
  public synchronized void end() {
    ended = true;
    if (shown > 0) {
      err.print("\r" + " ".repeat(shown) + "\r");
      err.flush();
      shown = 0;
    }
  }
}
