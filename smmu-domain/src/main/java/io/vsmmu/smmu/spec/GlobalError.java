package io.vsmmu.smmu.spec;

import io.vsmmu.smmu.bits.Bits;

/**
 * The global errors of writes to memory that did not succeed; IHI 0070, 6.3.19. The command queue's
 * own error is a {@link CommandError}.
 */
public enum GlobalError {
  /** A record could not be written to the Event queue. */
  EVENTQ_ABT_ERR(InterruptFields.EVENTQ_ABT_ERR),
  /** A record could not be written to the PRI queue. */
  PRIQ_ABT_ERR(InterruptFields.PRIQ_ABT_ERR),
  /** The write of the MSI of a CMD_SYNC was aborted. */
  MSI_CMDQ_ABT_ERR(InterruptFields.MSI_CMDQ_ABT_ERR),
  /** The write of the Event queue's MSI was aborted. */
  MSI_EVENTQ_ABT_ERR(InterruptFields.MSI_EVENTQ_ABT_ERR),
  /** The write of the PRI queue's MSI was aborted. */
  MSI_PRIQ_ABT_ERR(InterruptFields.MSI_PRIQ_ABT_ERR),
  /** The write of the MSI of GERROR itself was aborted. */
  MSI_GERROR_ABT_ERR(InterruptFields.MSI_GERROR_ABT_ERR);

  private final Bits bit;

  GlobalError(Bits bit) {
    this.bit = bit;
  }

  /** The error's bit in GERROR and GERRORN. */
  public Bits bit() {
    return bit;
  }

  /** Whether the error's bit exists where the ID registers show {@code ids}; RES0 if not. */
  public boolean implementedBy(IdRegisters ids) {
    return switch (this) {
      case EVENTQ_ABT_ERR -> true;
      case PRIQ_ABT_ERR -> ids.pri();
      case MSI_CMDQ_ABT_ERR, MSI_EVENTQ_ABT_ERR, MSI_GERROR_ABT_ERR -> ids.msi();
      case MSI_PRIQ_ABT_ERR -> ids.msi() && ids.pri();
    };
  }

  /**
   * Whether the error is raised and not acknowledged.
   *
   * @param gerror GERROR
   * @param gerrorn GERRORN
   */
  public boolean active(long gerror, long gerrorn) {
    return bit.isSet(gerror ^ gerrorn);
  }
}
