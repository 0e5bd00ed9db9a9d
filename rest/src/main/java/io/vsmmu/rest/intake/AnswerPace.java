package io.vsmmu.rest.intake;

import java.io.IOException;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Measures the rate at which the client of one request reads the answer: the time that writing
 * takes, which is short until the buffers between service and client are full. For one thread at a
 * time.
 */
final class AnswerPace {

  private final BodyPace.PaceLimits limits;
  private final LongSupplier clock;
  private final Consumer<IOException> end;
  private long waited;
  private long written;

  /**
   * @param clock as {@link System#nanoTime}
   * @param end closes the connection of a client that is too slow
   */
  AnswerPace(BodyPace.PaceLimits limits, LongSupplier clock, Consumer<IOException> end) {
    this.limits = limits;
    this.clock = clock;
    this.end = end;
  }

  /** Writes a part of the answer, as {@link java.io.OutputStream#write(byte[])}. */
  @FunctionalInterface
  interface Writing {
    void write() throws IOException;
  }

  /**
   * Writes and measures.
   *
   * @param length the number of bytes that are written
   * @throws IOException if the connection fails, or the client has read too little within a window
   */
  void write(int length, Writing writing) throws IOException {
    long begun = clock.getAsLong();
    writing.write();
    waited += clock.getAsLong() - begun;
    written += length;
    if (waited >= limits.window().toNanos()) {
      if (written < limits.least()) {
        IOException slow =
            new IOException(
                "The client has read %d bytes of the answer; it must read at least %d in %d ms"
                    .formatted(written, limits.least(), limits.window().toMillis()));
        end.accept(slow);
        throw slow;
      }
      waited = 0;
      written = 0;
    }
  }
}
