package io.vsmmu.control.rest.intake;

import io.vsmmu.control.audit.AuditLog;
import io.vsmmu.db.EventDatabase;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Audit log and idempotency keys, in the event log's database. */
@Configuration(proxyBeanMethods = false)
class IntakeWiring {

  @Bean
  AuditLog auditLog(EventDatabase database) {
    return new AuditLog(database.pool());
  }

  @Bean
  IdempotencyKeys idempotencyKeys(EventDatabase database) {
    return new IdempotencyKeys(database.pool());
  }
}
