package io.vsmmu.rest.health;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.vsmmu.db.seal.SealStatus;
import io.vsmmu.db.seal.Sealer;
import java.time.Duration;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.stereotype.Component;

/**
 * Reports how far the log is sealed. It is DOWN when nothing is sealed until a person has looked,
 * and while an event waits for longer than {@link #LAGS}. Guests do not depend on it.
 */
@Component("sealingHealthIndicator")
class SealingHealth implements HealthIndicator, MeterBinder {

  /** How long an event waits to be sealed before that is a failure. */
  private static final Duration LAGS = Duration.ofMinutes(5);

  private final Sealer sealer;

  SealingHealth(Sealer sealer) {
    this.sealer = sealer;
  }

  @Override
  public Health health() {
    SealStatus status = sealer.status();
    Health.Builder health =
        status.refusal().isPresent() || status.lag().compareTo(LAGS) > 0
            ? Health.down()
            : Health.up();
    status.refusal().or(status::failure).ifPresent(why -> health.withDetail("reason", why));
    return health
        .withDetail("origin", status.origin())
        .withDetail("segments", status.size())
        .withDetail("position", status.position())
        .withDetail("lagEvents", status.lagEvents())
        .withDetail("lagSeconds", status.lag().toMillis() / 1e3)
        .build();
  }

  @Override
  public void bindTo(MeterRegistry registry) {
    Gauge.builder("vsmmu.sealing.segments", sealer, s -> (double) s.status().size())
        .description("Segments of the log that are sealed")
        .register(registry);
    Gauge.builder("vsmmu.sealing.lag.events", sealer, s -> (double) s.status().lagEvents())
        .description("Events in the database that are not sealed")
        .register(registry);
    Gauge.builder("vsmmu.sealing.lag.seconds", sealer, s -> s.status().lag().toNanos() / 1e9)
        .description("Time since the oldest of them was seen")
        .register(registry);
  }
}
