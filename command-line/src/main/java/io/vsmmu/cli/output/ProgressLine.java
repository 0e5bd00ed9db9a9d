package io.vsmmu.cli.output;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Tells how far something is, beside the answer. On a terminal it is one line that renews itself
 * and is gone at the end; elsewhere a line now and then, and none for what is short.
 */
public final class ProgressLine {

  /** The system property that the launcher sets where standard error is a terminal. */
  public static final String TERMINAL = "vsmmu.err-terminal";

  /** Where there is no terminal: the time between two lines, and before the first one. */
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

  /** Shows the text, if it is time to. */
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

  /** Clears the line for what comes; nothing is shown any more. */
  public synchronized void end() {
    ended = true;
    if (shown > 0) {
      err.print("\r" + " ".repeat(shown) + "\r");
      err.flush();
      shown = 0;
    }
  }
}
