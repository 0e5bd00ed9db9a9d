package io.vsmmu.platform.acpi;

import java.util.List;
import java.util.OptionalInt;

/**
 * An SMMUv3 of the guest.
 *
 * @param name what routes refer to it by
 * @param base guest-physical address of its 128 KiB register frame, a multiple of 64 KiB
 * @param coherent COHACC: its accesses to memory are coherent, whatever IDR0 says
 * @param interrupts how it interrupts
 * @param itsGroup index of the group that the MSIs of the devices behind it go to; none with a
 *     GICv2m
 * @param guestMsi which address the guest writes into the MSI registers of the devices behind it
 * @param msiWindow the StreamIDs for which the MSI window is reserved by an RMR node: those of the
 *     host devices behind an accelerated vSMMU; empty for no node
 */
public record GuestSmmu(
    String name,
    long base,
    boolean coherent,
    SmmuInterrupts interrupts,
    OptionalInt itsGroup,
    GuestMsi guestMsi,
    List<StreamRange> msiWindow) {

  public GuestSmmu {
    msiWindow = List.copyOf(msiWindow);
  }
}
