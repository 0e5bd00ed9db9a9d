package io.vsmmu.differential;

import java.util.List;

/** The machine that ours is compared with. */
interface Oracle extends SmmuMachine {

  /**
   * Reads 32-bit words of the register frame, as a guest would one by one.
   *
   * @param offsets bytes from its beginning
   */
  List<Long> readWords(List<Integer> offsets);

  /**
   * A device writes four zero bytes to {@link Layout#TARGET}.
   *
   * @param streamId one of {@link Devices#STREAM_IDS}
   */
  void dma(int streamId);
}
