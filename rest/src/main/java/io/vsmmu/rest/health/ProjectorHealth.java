package io.vsmmu.rest.health;

import io.vsmmu.projections.model.Projector;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.stereotype.Component;

/** Reports whether the projector still follows the log. */
@Component("projectorHealthIndicator")
class ProjectorHealth implements HealthIndicator {

  private final Projector projector;

  ProjectorHealth(Projector projector) {
    this.projector = projector;
  }

  @Override
  public Health health() {
    return projector
        .failure()
        .map(failure -> Health.down(failure))
        .orElseGet(Health::up)
        .withDetail("position", projector.position())
        .build();
  }
}
