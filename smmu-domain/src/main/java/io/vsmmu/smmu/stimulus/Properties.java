package io.vsmmu.smmu.stimulus;

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
public record Properties(
    AutoSwitch ats,
    AutoSwitch ril,
    int oas,
    int ssidSize,
    AutoSwitch msi,
    HardwareQueues hardwareQueues) {

  /** Stands for "as the host has it". */
  public static final int AUTO = -1;

  /** Everything as the host, or the VMM, has it. */
  public static final Properties ALL_AUTO =
      new Properties(AutoSwitch.AUTO, AutoSwitch.AUTO, AUTO, AUTO, AutoSwitch.AUTO);

  /** Without hardware queues. */
  public Properties(AutoSwitch ats, AutoSwitch ril, int oas, int ssidSize, AutoSwitch msi) {
    this(ats, ril, oas, ssidSize, msi, HardwareQueues.OFF);
  }

  /** The same with another choice of hardware queues. */
  public Properties with(HardwareQueues choice) {
    return new Properties(ats, ril, oas, ssidSize, msi, choice);
  }
}
