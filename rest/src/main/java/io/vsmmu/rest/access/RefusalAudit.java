package io.vsmmu.rest.access;

import io.micrometer.core.instrument.MeterRegistry;
import io.vsmmu.control.audit.AuditLog;
import io.vsmmu.control.audit.DatabaseException;
import jakarta.servlet.http.HttpServletRequest;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.springframework.stereotype.Component;

/**
 * Lists refused requests in the audit: the first {@link AccessLimits#REFUSALS_LISTED} of a {@link
 * AccessLimits#REFUSAL_WINDOW}, then their number, so that a flood of them does not fill the
 * database. The metric {@code vsmmu.refused.requests} counts all. A failing database refuses no
 * less.
 */
@Component
class RefusalAudit {

  private static final Logger LOGGER = System.getLogger(RefusalAudit.class.getName());
  private static final String UNKNOWN = "unknown";

  private final AuditLog audit;
  private final MeterRegistry metrics;
  private final Clock clock;

  private Instant windowBegin = Instant.MIN;
  private int inWindow;
  private long notListed;

  RefusalAudit(AuditLog audit, MeterRegistry metrics, Clock clock) {
    this.audit = audit;
    this.metrics = metrics;
    this.clock = clock;
  }

  void refused(HttpServletRequest request, int status, String why) {
    metrics.counter("vsmmu.refused.requests", "status", String.valueOf(status)).increment();
    long before = room();
    if (before < 0) {
      return;
    }
    String subject = Caller.find().map(Caller::subject).orElse(UNKNOWN);
    String from = "from " + request.getRemoteAddr() + ": " + Secrets.removed(why);
    String detail =
        before == 0
            ? from
            : from + "; before it %d more were refused and not listed".formatted(before);
    try {
      long entry =
          audit.begin(subject, request.getMethod(), Secrets.removed(request.getRequestURI()));
      audit.finish(entry, status, null, detail);
    } catch (DatabaseException failed) {
      LOGGER.log(Level.WARNING, "A refused request cannot be listed: {0}", failed.getMessage());
    }
  }

  /**
   * @return how many were not listed before this one; -1 if this one is not listed either
   */
  private synchronized long room() {
    Instant now = clock.instant();
    if (windowBegin.equals(Instant.MIN)
        || Duration.between(windowBegin, now).compareTo(AccessLimits.REFUSAL_WINDOW) >= 0) {
      windowBegin = now;
      inWindow = 0;
    }
    if (inWindow >= AccessLimits.REFUSALS_LISTED) {
      notListed++;
      return -1;
    }
    inWindow++;
    long before = notListed;
    notListed = 0;
    return before;
  }
}
