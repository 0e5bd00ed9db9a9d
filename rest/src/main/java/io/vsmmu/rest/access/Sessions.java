package io.vsmmu.rest.access;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * Sessions of browsers, by the hashes of their cookies, in memory only. A session ends with the
 * credential that began it. Thread-safe.
 */
final class Sessions {

  private record Session(Caller caller, long begun) {}

  private final Ticker ticker;
  private final Cache<String, Session> sessions;

  /**
   * @param ticker measures their lifetimes
   */
  Sessions(Ticker ticker) {
    this.ticker = ticker;
    this.sessions =
        Caffeine.newBuilder()
            .maximumSize(AccessLimits.SESSIONS)
            .expireAfterAccess(AccessLimits.SESSION_IDLE)
            .ticker(ticker)
            .build();
  }

  /**
   * Begins a session.
   *
   * @return the secret of its cookie
   */
  synchronized String begin(Caller caller) {
    List<String> own =
        sessions.asMap().entrySet().stream()
            .filter(it -> it.getValue().caller().subject().equals(caller.subject()))
            .sorted(Comparator.comparingLong(it -> it.getValue().begun()))
            .map(java.util.Map.Entry::getKey)
            .toList();
    own.subList(0, Math.max(0, own.size() + 1 - AccessLimits.SESSIONS_OF_SUBJECT))
        .forEach(sessions::invalidate);
    String secret = Secrets.random(Secrets.PREFIX);
    sessions.put(key(secret), new Session(caller, ticker.read()));
    return secret;
  }

  /** The client of a session, as long as the session and the client's credential are valid. */
  Optional<Caller> caller(String secret) {
    String key = key(secret);
    return valid(key)
        .map(
            caller ->
                new Caller(
                    caller.subject(), caller.role(), caller.scope(), () -> valid(key).isPresent()));
  }

  private Optional<Caller> valid(String key) {
    Session session = sessions.getIfPresent(key);
    if (session == null) {
      return Optional.empty();
    }
    if (ticker.read() - session.begun() > AccessLimits.LONGEST_SESSION.toNanos()
        || !session.caller().credential().isValid()) {
      sessions.invalidate(key);
      return Optional.empty();
    }
    return Optional.of(session.caller());
  }

  /** Ends a session; one that has ended stays so. */
  void end(String secret) {
    sessions.invalidate(key(secret));
  }

  private static String key(String secret) {
    return HexFormat.of().formatHex(Secrets.hash(secret));
  }
}
