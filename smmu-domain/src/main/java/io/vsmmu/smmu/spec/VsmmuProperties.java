package io.vsmmu.smmu.spec;

/**
 * What an operator chose for a vSMMU.
 *
 * @param ats IDR0.ATS
 * @param ril IDR3.RIL
 * @param oas output address size in bits, 32..56, or {@link #AUTO}
 * @param ssidSize IDR1.SSIDSIZE, 0..20, or {@link #AUTO}
 * @param msi IDR0.MSI; AUTO is resolved by how the VMM shares guest memory, not by the host
 * @param hardwareQueues whether the guest may have command queues that no log sees
 */
public record VsmmuProperties(
    OnOffAuto ats,
    OnOffAuto ril,
    int oas,
    int ssidSize,
    OnOffAuto msi,
    HardwareQueues hardwareQueues) {

  /** Stands for "as the host has it". */
  public static final int AUTO = -1;

  /** Everything as the host, or the VMM, has it. */
  public static final VsmmuProperties ALL_AUTO =
      new VsmmuProperties(OnOffAuto.AUTO, OnOffAuto.AUTO, AUTO, AUTO, OnOffAuto.AUTO);

  /** Without hardware queues. */
  public VsmmuProperties(OnOffAuto ats, OnOffAuto ril, int oas, int ssidSize, OnOffAuto msi) {
    this(ats, ril, oas, ssidSize, msi, HardwareQueues.OFF);
  }

  /** The same with another choice of hardware queues. */
  public VsmmuProperties with(HardwareQueues choice) {
    return new VsmmuProperties(ats, ril, oas, ssidSize, msi, choice);
  }
}
