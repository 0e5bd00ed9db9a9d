package io.vsmmu.rest.intake;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.ConsumptionProbe;
import java.time.Duration;

/**
 * The rate of requests by name of a client or vSMMU: a token bucket for each. A name that was
 * silent until its bucket is full again is forgotten, and so is the least recent of too many
 * ({@link RequestLimits#MEASURED}). Thread-safe.
 */
final class RequestRates {

  private final int perSecond;
  private final int atOnce;
  private final Cache<String, Bucket> buckets;

  /**
   * @param perSecond tokens that a bucket gets each second
   * @param atOnce tokens of a full bucket
   */
  RequestRates(int perSecond, int atOnce) {
    this.perSecond = perSecond;
    this.atOnce = atOnce;
    this.buckets =
        Caffeine.newBuilder()
            .maximumSize(RequestLimits.MEASURED)
            .expireAfterAccess(Duration.ofSeconds(1L + atOnce / perSecond))
            .build();
  }

  /**
   * Counts one request.
   *
   * @return {@link Duration#ZERO} if it may be carried out; else the time after which it may
   */
  Duration take(String name) {
    Bucket bucket = buckets.get(name, _ -> full());
    ConsumptionProbe probe = bucket.tryConsumeAndReturnRemaining(1);
    return probe.isConsumed() ? Duration.ZERO : Duration.ofNanos(probe.getNanosToWaitForRefill());
  }

  private Bucket full() {
    return Bucket.builder()
        .withNanosecondPrecision()
        .addLimit(limit -> limit.capacity(atOnce).refillGreedy(perSecond, Duration.ofSeconds(1)))
        .build();
  }
}
