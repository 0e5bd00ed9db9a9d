package io.vsmmu.rest.intake;

import io.vsmmu.control.audit.AuditLog;
import io.vsmmu.db.EventDatabase;
import java.time.Duration;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Audit log and idempotency keys, in the event log's database. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(RequestLimits.class)
class IntakeWiring {

  @Bean
  AuditLog auditLog(EventDatabase database) {
    return new AuditLog(database.pool());
  }

  /** The least rate at which bodies must be received. */
  @Bean
  BodyPace.PaceLimits paceLimits(
      @Value("${vsmmu.web.body-window:10s}") Duration window,
      @Value("${vsmmu.web.body-bytes-per-second:1024}") long bytesPerSecond) {
    return new BodyPace.PaceLimits(window, bytesPerSecond);
  }

  @Bean
  IdempotencyKeys idempotencyKeys(EventDatabase database) {
    return new IdempotencyKeys(database.pool());
  }
}
