package io.vsmmu.smmu.event;

import io.vsmmu.smmu.spec.GlobalError;
import io.vsmmu.smmu.stimulus.Stimulus;

/**
 * A write of ours to guest memory failed.
 *
 * @param gerror GERROR from here on; unchanged when the error was active already, or when the ID
 *     registers show no feature that could have it
 */
public record GlobalErrorRaised(GlobalError error, long gerror) implements StimulusEvent {

  @Override
  public Stimulus stimulus() {
    return new Stimulus.ReportAbort(error);
  }
}
