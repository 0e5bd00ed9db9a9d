package io.vsmmu.vfiouser.memory;

import java.util.Arrays;
import java.util.Optional;

/** A VMM that answers messages about memory from an array, or refuses. */
final class RememberingChannel implements DmaChannel {

  private final long base;
  private final byte[] memory;
  private boolean willing = true;
  private int asked;

  RememberingChannel(long base, int size) {
    this.base = base;
    this.memory = new byte[size];
  }

  @Override
  public Optional<byte[]> read(long address, int length) {
    asked++;
    int at = Math.toIntExact(address - base);
    return willing ? Optional.of(Arrays.copyOfRange(memory, at, at + length)) : Optional.empty();
  }

  @Override
  public boolean write(long address, byte[] data) {
    asked++;
    if (willing) {
      System.arraycopy(data, 0, memory, Math.toIntExact(address - base), data.length);
    }
    return willing;
  }

  /** From now on every request is refused. */
  void refuse() {
    willing = false;
  }

  /** Requests so far. */
  int asked() {
    return asked;
  }

  byte[] memory() {
    return memory;
  }
}
