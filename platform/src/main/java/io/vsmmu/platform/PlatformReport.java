package io.vsmmu.platform;

import java.util.List;
import java.util.Optional;

/**
 * The properties that the machine around one vSMMU must have.
 *
 * @param msiController {@code its} or {@code gicv2m}
 * @param msiDoorbell guest-physical address to which the devices write their MSIs
 * @param reservedWindow the range that the IORT's RMR node must reserve; absent if no SMMU of the
 *     host translates
 * @param preserveBootConfiguration whether each host bridge needs a _DSM function 5 that returns 0
 * @param acpiRequired whether the guest must boot with ACPI, because a device tree cannot describe
 *     the machine
 * @param notes further requirements, one sentence each
 */
public record PlatformReport(
    String msiController,
    long msiDoorbell,
    Optional<GpaRange> reservedWindow,
    boolean preserveBootConfiguration,
    boolean acpiRequired,
    List<String> notes) {

  private static final List<String> ACCELERATED_NOTES =
      List.of(
          "The IORT (revision 5) needs an RMR node for the reserved window with the StreamIDs of"
              + " the vSMMU's devices; flags 0: it is not to be remapped.",
          "_DSM function 5 of each host bridge (UUID E5C937D0-3553-4D7A-9117-EA4D19C3434D) has to"
              + " return 0: an operating system ignores RMR nodes of PCI devices that it may"
              + " renumber.",
          "A device tree has no counterpart of either; boot with ACPI.");

  public PlatformReport {
    notes = List.copyOf(notes);
  }

  /**
   * The requirements with this interrupt controller.
   *
   * @param accelerated whether an SMMU of the host translates for the vSMMU's devices
   */
  public static BuildResult<PlatformReport> of(MsiController msi, boolean accelerated) {
    Refusals refusals = new Refusals();
    long alignment = msi.alignment();
    refusals.unless(
        msi.base() % alignment == 0,
        msi.kind() + ".base",
        Refusals.hex(msi.base()),
        "a multiple of " + Refusals.hex(alignment),
        "give the address of the controller's register frame");
    refusals.unless(
        Long.compareUnsigned(msi.doorbell(), msi.base()) > 0,
        msi.kind() + ".base",
        Refusals.hex(msi.base()),
        "low enough that the frame ends below 2^64",
        "give the address of the controller's register frame");
    return refusals.orBuild(() -> report(msi, accelerated));
  }

  private static PlatformReport report(MsiController msi, boolean accelerated) {
    return new PlatformReport(
        msi.kind(),
        msi.doorbell(),
        accelerated ? Optional.of(GpaRange.MSI_WINDOW) : Optional.empty(),
        accelerated,
        accelerated,
        accelerated ? ACCELERATED_NOTES : List.of());
  }
}
