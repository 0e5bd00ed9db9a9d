package io.vsmmu.rest.intake;

import io.vsmmu.problem.Problem;
import io.vsmmu.rest.problem.ProblemException;
import io.vsmmu.rest.problem.ProblemType;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Room for a number of things that last, such as event streams: in all, and less for each client,
 * so that one client does not take it from the others. Thread-safe.
 */
public final class ClientRoom {

  private static final long NANOS_PER_MILLI = 1_000_000;

  private final String what;
  private final int most;
  private final int mostOfClient;
  private final Map<String, Integer> taken = new HashMap<>();
  private int all;

  /**
   * @param what is counted, in the plural, such as {@code event streams}
   * @param most the number in all
   * @param mostOfClient the number of one client
   */
  public ClientRoom(String what, int most, int mostOfClient) {
    this.what = what;
    this.most = most;
    this.mostOfClient = mostOfClient;
  }

  /** A taken place. Closing it again has no effect. */
  public interface Place extends AutoCloseable {
    @Override
    void close();
  }

  /**
   * Takes a place.
   *
   * @param client as of {@link Client}
   * @throws ProblemException {@link ProblemType#TOO_MANY_REQUESTS} if the client has as many as it
   *     may, {@link ProblemType#TOO_BUSY} if all clients together have
   */
  public synchronized Place take(String client) {
    int had = taken.getOrDefault(client, 0);
    if (had >= mostOfClient) {
      throw ProblemException.of(
          ProblemType.TOO_MANY_REQUESTS,
          List.of(
              new Problem(
                  "client",
                  "%s has %d %s".formatted(client, had, what),
                  "at most %d of one client".formatted(mostOfClient),
                  "end one of them")));
    }
    if (all >= most) {
      throw ProblemException.plain(
          ProblemType.TOO_BUSY, "There are %d %s already".formatted(most, what));
    }
    taken.put(client, had + 1);
    all++;
    AtomicBoolean open = new AtomicBoolean(true);
    return () -> {
      if (open.getAndSet(false)) {
        release(client);
      }
    };
  }

  private synchronized void release(String client) {
    taken.computeIfPresent(client, (name, count) -> count == 1 ? null : count - 1);
    all--;
    notifyAll();
  }

  /** Waits until no place is taken, or until the time expires. */
  public synchronized void awaitEmpty(Duration longest) throws InterruptedException {
    long deadline = System.nanoTime() + longest.toNanos();
    long millis = longest.toMillis();
    while (all > 0 && millis > 0) {
      wait(millis);
      millis = (deadline - System.nanoTime()) / NANOS_PER_MILLI;
    }
  }
}
