package io.vsmmu.platform;

import java.util.List;
import java.util.Optional;

/**
 * What the machine around one vSMMU has to have.
 *
 * @param msiController {@code its} or {@code gicv2m}
 * @param msiDoorbell guest-physical address that the devices' MSIs are written to
 * @param reservedWindow what the IORT's RMR node has to reserve; absent when no host translates
 * @param preserveBootConfiguration whether each host bridge needs _DSM function 5 to return 0
 * @param acpiRequired whether a device tree will not do
 * @param notes what else is to be known, one sentence each
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
   * What is needed with this interrupt controller.
   *
   * @param accelerated whether a host's SMMU translates for the vSMMU's devices
   */
  public static Outcome<PlatformReport> of(MsiController msi, boolean accelerated) {
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
    return refusals.orMake(() -> report(msi, accelerated));
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
