package io.vsmmu.differential;

import java.util.List;

/** The devices behind the SMMU of both machines, identified by their StreamIDs. */
final class Devices {

  /** StreamIDs of PCI functions 00:02.0 and 00:03.0. */
  static final List<Integer> STREAM_IDS = List.of(0x10, 0x18);

  private Devices() {}

  /** The PCI slot of a device on bus 0. */
  static int slot(int streamId) {
    return streamId >> 3;
  }
}
