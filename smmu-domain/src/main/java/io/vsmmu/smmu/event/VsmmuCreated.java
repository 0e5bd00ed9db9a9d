package io.vsmmu.smmu.event;

import io.vsmmu.smmu.spec.IdRegisters;
import io.vsmmu.smmu.spec.VsmmuProperties;
import io.vsmmu.smmu.stimulus.Durability;
import io.vsmmu.smmu.stimulus.Origin;
import io.vsmmu.smmu.stimulus.Stimulus;

/**
 * The first event of every vSMMU.
 *
 * @param vm see {@link Stimulus.Create}
 */
public record VsmmuCreated(
    Origin origin, Durability durability, VsmmuProperties properties, IdRegisters ids, String vm)
    implements StimulusEvent {

  /** A vSMMU with a VM of its own. */
  public VsmmuCreated(
      Origin origin, Durability durability, VsmmuProperties properties, IdRegisters ids) {
    this(origin, durability, properties, ids, "");
  }

  @Override
  public Stimulus stimulus() {
    return new Stimulus.Create(origin, durability, properties, ids, vm);
  }
}
