package io.vsmmu.fuzz;

import java.util.List;

/**
 * Something that reads what another party wrote: a guest, a VMM, a file, a client. A target states
 * what holds for every input, and is used by one thread.
 */
interface FuzzTarget {

  /**
   * Takes one input, of any bytes. The same bytes do the same, whatever was taken before.
   *
   * @throws Exception if what the target states does not hold
   */
  void take(byte[] input) throws Exception;

  /** Inputs to begin with, which reach what random bytes seldom reach. */
  List<byte[]> seeds();

  /** Texts that inputs often contain; empty for a target whose inputs are binary. */
  default List<String> words() {
    return List.of();
  }
}
