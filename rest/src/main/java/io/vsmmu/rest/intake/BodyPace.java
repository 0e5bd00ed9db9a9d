package io.vsmmu.rest.intake;

import io.vsmmu.rest.problem.BodyTooSlowException;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Measures the rate at which the body of one request is received. Only the time that is spent
 * waiting for it counts, so that a slow service does not refuse a fast client. For one thread at a
 * time.
 */
public final class BodyPace {

  private final PaceLimits limits;
  private final LongSupplier clock;
  private long waited;
  private long received;

  /**
   * @param clock as {@link System#nanoTime}
   */
  public BodyPace(PaceLimits limits, LongSupplier clock) {
    this.limits = limits;
    this.clock = clock;
  }

  /**
   * The least rate of a body.
   *
   * @param window the time of waiting after which the rate is checked
   * @param bytesPerSecond the least rate within a window
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
   * Reads and measures.
   *
   * @return the number of bytes read; -1 at the end of the body
   * @throws BodyTooSlowException if nothing was received within the connection's timeout, or too
   *     little within a window
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
    received += Math.max(length, 0);
    if (length >= 0 && waited >= limits.window().toNanos()) {
      if (received < limits.least()) {
        throw new BodyTooSlowException("%d bytes".formatted(received), limits.text());
      }
      waited = 0;
      received = 0;
    }
    return length;
  }

  private static boolean silent(IOException failed) {
    return failed instanceof SocketTimeoutException
        || failed.getCause() instanceof SocketTimeoutException;
  }
}
