package io.vsmmu.platform.acpi;

import java.util.List;
import java.util.OptionalInt;

/**
 * An SMMUv3 of the guest, as an IORT describes it.
 *
 * @param name the name by which routes refer to it
 * @param base guest-physical address of its 128 KiB register frame, a multiple of 64 KiB
 * @param coherent the COHACC override flag: its memory accesses are coherent even if IDR0 says
 *     otherwise
 * @param interrupts how the SMMU signals its own interrupts
 * @param itsGroup index of the ITS group that receives the MSIs of the devices behind it; empty
 *     with a GICv2m
 * @param guestMsi the kind of address that the guest writes into those devices' MSI registers
 * @param msiWindow the StreamIDs for which an RMR node reserves the MSI window: those of the host
 *     devices behind an accelerated vSMMU; without any there is no node
 */
public record GuestSmmu(
    String name,
    long base,
    boolean coherent,
    SmmuInterrupts interrupts,
    OptionalInt itsGroup,
    GuestMsi guestMsi,
    List<IdRange> msiWindow) {

  public GuestSmmu {
    msiWindow = List.copyOf(msiWindow);
  }
}
