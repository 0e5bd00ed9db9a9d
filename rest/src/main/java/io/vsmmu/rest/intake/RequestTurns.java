package io.vsmmu.rest.intake;

import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Lets a number of requests of each client be worked on at the same time; further ones wait in the
 * order in which they were received, so that one client takes the database's connections from
 * another one for a moment only. Requests that wait are bounded by the connections. Thread-safe.
 */
final class RequestTurns {

  private final int most;

  /** By client. A client without a request has no entry. */
  private final ConcurrentMap<String, Turns> clients = new ConcurrentHashMap<>();

  /**
   * @param free places of the client
   * @param requests that have a place or wait for one
   */
  private record Turns(Semaphore free, int requests) {

    Turns plus(int more) {
      return new Turns(free, requests + more);
    }
  }

  /**
   * @param most requests of one client
   */
  RequestTurns(int most) {
    this.most = most;
  }

  /**
   * Waits for a place.
   *
   * @return whether there was one in time; then {@link #leave} must follow
   */
  boolean enter(String client, Duration longest) throws InterruptedException {
    Turns turns =
        clients.compute(
            client,
            (_, before) ->
                (before == null ? new Turns(new Semaphore(most, true), 0) : before).plus(1));
    boolean entered = false;
    try {
      entered = turns.free().tryAcquire(longest.toNanos(), TimeUnit.NANOSECONDS);
    } finally {
      if (!entered) {
        forget(client);
      }
    }
    return entered;
  }

  /** Gives a place back. */
  void leave(String client) {
    Turns turns = clients.get(client);
    if (turns != null) {
      turns.free().release();
      forget(client);
    }
  }

  private void forget(String client) {
    clients.computeIfPresent(
        client, (_, before) -> before.requests() == 1 ? null : before.plus(-1));
  }
}
