package io.vsmmu.vfiouser.memory;

import java.util.Optional;

/**
 * Guest memory that the VMM reads and writes for us. Waits for the answer, with a timeout of its
 * own. Never throws for what a VMM does.
 */
public interface DmaChannel {

  /** No VMM, or one that takes no message for memory: everything is refused at once. */
  DmaChannel NONE =
      new DmaChannel() {
        @Override
        public Optional<byte[]> read(long address, int length) {
          return Optional.empty();
        }

        @Override
        public boolean write(long address, byte[] data) {
          return false;
        }
      };

  /**
   * Reads.
   *
   * @param address guest-physical
   * @param length bytes, up to {@link MemoryLimits#ACCESS_BYTES}
   * @return as many bytes; empty when the VMM refused, took too long or went away
   */
  Optional<byte[]> read(long address, int length);

  /**
   * Writes.
   *
   * @param address guest-physical
   * @param data up to {@link MemoryLimits#ACCESS_BYTES}
   * @return false when the VMM refused, took too long or went away
   */
  boolean write(long address, byte[] data);

  /**
   * What follows is for another access of the guest: a VMM that let the time pass that it had for
   * the last one is asked again.
   */
  default void renewTimeBudget() {}
}
