package io.vsmmu.projections.lint;

import io.vsmmu.smmu.model.VsmmuState;

/** Looks at a log event by event; keeps a bounded amount of what it saw. */
interface Detector {

  void observe(Step step);

  /** The log ends here; {@code position} is that of its last event. */
  void finish(VsmmuState last, long position);
}
