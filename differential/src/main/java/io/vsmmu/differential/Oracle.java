package io.vsmmu.differential;

import java.util.List;

/** The machine with which the vSMMU is compared. */
interface Oracle extends SmmuMachine {

  /**
   * Reads 32-bit words of the register frame, one access for each.
   *
   * @param offsets offsets in bytes
   */
  List<Long> readWords(List<Integer> offsets);

  /**
   * A device writes four zero bytes to {@link GuestMemoryMap#TARGET}.
   *
   * @param streamId one of {@link Devices#STREAM_IDS}
   */
  void dma(int streamId);
}
