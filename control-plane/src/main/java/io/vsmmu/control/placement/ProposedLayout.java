package io.vsmmu.control.placement;

import io.vsmmu.platform.vmm.VmLayout;
import java.util.List;

/**
 * A proposal: one vSMMU for each physical SMMU.
 *
 * @param vsmmus in the order in which the host lists their SMMUs
 * @param machine the same layout, in the terms of VMMs
 * @param notes decisions that the request left open, one sentence each
 */
public record ProposedLayout(List<ProposedVsmmu> vsmmus, VmLayout machine, List<String> notes) {

  public ProposedLayout {
    vsmmus = List.copyOf(vsmmus);
    notes = List.copyOf(notes);
  }

  /**
   * A vSMMU.
   *
   * @param bus number of its root bus, 1 to 255
   * @param ats whether the SMMU and at least one of the devices have it
   * @param oas output address size in bits
   * @param ssidSize SubstreamID size in bits, 0 for none
   */
  public record ProposedVsmmu(
      String name,
      String physicalSmmu,
      int bus,
      boolean ats,
      boolean ril,
      int oas,
      int ssidSize,
      List<ProposedDevice> devices) {

    public ProposedVsmmu {
      devices = List.copyOf(devices);
    }
  }

  /**
   * A device.
   *
   * @param slot of its root port on the vSMMU's bus
   * @param streamId as the guest's bus numbers give it
   * @param ats whether it and its SMMU have ATS
   */
  public record ProposedDevice(String address, int group, int slot, int streamId, boolean ats) {}
}
