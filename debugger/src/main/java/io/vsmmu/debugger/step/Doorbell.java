package io.vsmmu.debugger.step;

import io.vsmmu.smmu.event.CommandsConsumed;
import io.vsmmu.smmu.model.VsmmuState;
import io.vsmmu.smmu.spec.Register;

/** Tells doorbells, which are the guest's writes of CMDQ_PROD, from slices that continue one. */
public final class Doorbell {

  private Doorbell() {}

  /**
   * Whether a slice begins with a write of CMDQ_PROD. The commands of one write are several slices
   * if a configuration change, an error or a limit ends one of them; the later ones repeat the
   * value.
   *
   * @param before the state before the slice
   */
  public static boolean rung(VsmmuState before, CommandsConsumed slice) {
    return slice.entries().isEmpty() || before.value(Register.CMDQ_PROD) != slice.prod();
  }
}
