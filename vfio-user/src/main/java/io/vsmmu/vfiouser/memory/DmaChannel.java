package io.vsmmu.vfiouser.memory;

import java.util.Optional;

/**
 * Guest memory that the VMM reads and writes on request. Each call waits for the reply, with a
 * limited time. Nothing that a VMM does makes a call throw.
 */
public interface DmaChannel {

  /** Refuses everything at once: there is no VMM. */
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
   * Reads guest memory.
   *
   * @param address guest-physical
   * @param length bytes, up to {@link MemoryLimits#ACCESS_BYTES}
   * @return {@code length} bytes; empty when the VMM refused, took too long or disconnected
   */
  Optional<byte[]> read(long address, int length);

  /**
   * Writes guest memory.
   *
   * @param address guest-physical
   * @param data up to {@link MemoryLimits#ACCESS_BYTES}
   * @return false when the VMM refused, took too long or disconnected
   */
  boolean write(long address, byte[] data);

  /**
   * Begins another access of the guest: a VMM that has used up the time of the last one has the
   * whole time again.
   */
  default void renewTimeBudget() {}
}
