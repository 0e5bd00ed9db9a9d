package io.vsmmu.rest.access;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import java.util.HexFormat;
import java.util.Optional;

/**
 * Codes that stand for a client once, for a link that a terminal shows: what stays on the terminal
 * has no effect later. Kept by their hashes, in memory only. Thread-safe.
 */
public final class OneTimeCodes {

  private final Cache<String, Caller> codes;

  /**
   * @param ticker measures their lifetime
   */
  OneTimeCodes(Ticker ticker) {
    this.codes =
        Caffeine.newBuilder()
            .maximumSize(AccessLimits.CODES)
            .expireAfterWrite(AccessLimits.CODE_LIFETIME)
            .ticker(ticker)
            .build();
  }

  /** A code for the service's own user, who may do everything. */
  public String ofLocalUser() {
    return make(LocalToken.CALLER);
  }

  /** A code for a client. */
  String make(Caller caller) {
    String code = Secrets.random(Secrets.CODE_PREFIX);
    codes.put(key(code), caller);
    return code;
  }

  /** The client of a code, which no later call finds. Empty too if its credential has ended. */
  Optional<Caller> use(String code) {
    return Optional.ofNullable(codes.asMap().remove(key(code)))
        .filter(caller -> caller.credential().isValid());
  }

  private static String key(String code) {
    return HexFormat.of().formatHex(Secrets.hash(code));
  }
}
