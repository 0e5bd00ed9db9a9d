package io.vsmmu.smmu.event;

import io.vsmmu.smmu.spec.GlobalError;
import io.vsmmu.smmu.stimulus.Stimulus;

/**
 * A write of the vSMMU to guest memory failed, of a record or of an MSI (IHI 0070, 6.3.19).
 *
 * @param gerror GERROR from here on; unchanged if the error was active already, or belongs to a
 *     feature that the ID registers do not show
 */
public record GlobalErrorRaised(GlobalError error, long gerror) implements StimulusEvent {

  @Override
  public Stimulus stimulus() {
    return new Stimulus.ReportAbort(error);
  }
}
