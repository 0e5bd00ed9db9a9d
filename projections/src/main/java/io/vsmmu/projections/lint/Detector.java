package io.vsmmu.projections.lint;

import io.vsmmu.smmu.model.VsmmuState;

/**
 * Looks at a log event by event; keeps a bounded amount of what it saw. What it keeps is stored
 * between two events and read back after a restart: every field of it but the report is a {@link
 * com.fasterxml.jackson.annotation.JsonProperty} that Jackson can write and read. Whoever changes
 * what a detector keeps or finds raises {@link Findings#VERSION}.
 */
interface Detector {

  void observe(ObservedEvent step);

  /**
   * The log ends here; {@code position} is that of its last event. Nothing is observed afterwards.
   */
  void finish(VsmmuState last, long position);
}
