package io.vsmmu.smmu.event;

import io.vsmmu.smmu.spec.IdRegisters;
import io.vsmmu.smmu.stimulus.Durability;
import io.vsmmu.smmu.stimulus.Origin;
import io.vsmmu.smmu.stimulus.Properties;
import io.vsmmu.smmu.stimulus.Stimulus;

/** The first event of every vSMMU. */
public record VsmmuCreated(
    Origin origin, Durability durability, Properties properties, IdRegisters ids)
    implements StimulusEvent {

  @Override
  public Stimulus stimulus() {
    return new Stimulus.Create(origin, durability, properties, ids);
  }
}
