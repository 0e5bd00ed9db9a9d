package io.vsmmu.rest.intake;

import org.springframework.core.Ordered;

/**
 * The order of the servlet filters; a lower number runs first. Spring Security's are at {@code
 * AUDIT - 20} (spring.security.filter.order in application.yaml): what has no valid credential
 * reaches neither the audit of changes nor the keys.
 */
final class IntakeOrder {

  static final int AUDIT = Ordered.LOWEST_PRECEDENCE - 300;
  static final int ANSWER = AUDIT - 200;
  static final int ORIGIN = AUDIT - 100;
  static final int RATE = AUDIT - 90;
  static final int TURN = AUDIT - 80;
  static final int TEXT = AUDIT - 50;
  static final int SIZE = AUDIT + 100;
  static final int UPLOADS = SIZE + 50;
  static final int IDEMPOTENCY = SIZE + 100;

  private IntakeOrder() {}
}
