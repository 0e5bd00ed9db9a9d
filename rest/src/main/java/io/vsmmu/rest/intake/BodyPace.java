package io.vsmmu.rest.intake;

import io.vsmmu.rest.problem.BodyTooSlowException;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * How fast the body of one request has to come. Only the time counts that is spent waiting for it,
 * so that a service that takes its time blames nobody. One thread at a time.
 */
public final class BodyPace {

  private final PaceLimits limits;
  private final LongSupplier clock;
  private long waited;
  private long came;

  /**
   * @param clock as {@link System#nanoTime}
   */
  public BodyPace(PaceLimits limits, LongSupplier clock) {
    this.limits = limits;
    this.clock = clock;
  }

  /**
   * What has to come.
   *
   * @param window how long a body is waited for in all before it is looked at what came of it
   * @param bytesPerSecond least that has to come in that time
   */
  public record PaceLimits(Duration window, long bytesPerSecond) {

    long least() {
      return Math.max(1, bytesPerSecond * window.toMillis() / 1000);
    }

    private String text() {
      return "%d bytes in %d ms".formatted(least(), window.toMillis());
    }
  }

  /** Reads bytes of the body, as {@link java.io.InputStream#read(byte[])}. */
  @FunctionalInterface
  public interface Reading {
    int read() throws IOException;
  }

  /**
   * Reads.
   *
   * @throws BodyTooSlowException when nothing came for as long as the connection may be silent, or
   *     too little in a window
   */
  public int read(Reading reading) throws IOException {
    long begun = clock.getAsLong();
    int length;
    try {
      length = reading.read();
    } catch (IOException failed) {
      throw silent(failed) ? new BodyTooSlowException("nothing more", limits.text()) : failed;
    }
    waited += clock.getAsLong() - begun;
    came += Math.max(length, 0);
    if (length >= 0 && waited >= limits.window().toNanos()) {
      if (came < limits.least()) {
        throw new BodyTooSlowException("%d bytes".formatted(came), limits.text());
      }
      waited = 0;
      came = 0;
    }
    return length;
  }

  private static boolean silent(IOException failed) {
    return failed instanceof SocketTimeoutException
        || failed.getCause() instanceof SocketTimeoutException;
  }
}
