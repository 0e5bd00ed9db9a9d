package io.vsmmu.gateway.device;

import io.vsmmu.vfiouser.pci.EmulatedConfigSpace;
import java.nio.ByteBuffer;

/** The expansion ROM of a vSMMU's function, or why it has none. Never changes. */
public final class ExpansionRom {

  private final byte[] bytes;
  private final String text;
  private final boolean missing;

  private ExpansionRom(byte[] bytes, String text, boolean missing) {
    this.bytes = bytes;
    this.text = text;
    this.missing = missing;
  }

  /**
   * A ROM.
   *
   * @param bytes a power of two of them, at least 2048
   * @param note what the operator has to know about it; empty for nothing
   * @throws IllegalArgumentException when it is another number
   */
  public static ExpansionRom of(byte[] bytes, String note) {
    EmulatedConfigSpace.checkRom(bytes.length);
    if (bytes.length == 0) {
      throw new IllegalArgumentException("a ROM has bytes");
    }
    String text = "option ROM of %d bytes".formatted(bytes.length);
    return new ExpansionRom(bytes.clone(), note.isEmpty() ? text : text + "; " + note, false);
  }

  /** No ROM, because it is switched off. */
  public static ExpansionRom none() {
    return new ExpansionRom(new byte[0], "no option ROM", false);
  }

  /**
   * No ROM, although it is switched on.
   *
   * @param why what an operator has to do about it
   */
  public static ExpansionRom missing(String why) {
    return new ExpansionRom(new byte[0], "no option ROM: " + why, true);
  }

  /** Its length in bytes, a power of two; 0 for none. */
  public int size() {
    return bytes.length;
  }

  /** Whether it is switched on and could not be made. */
  public boolean isMissing() {
    return missing;
  }

  /** One sentence about it for the service's log. */
  public String text() {
    return text;
  }

  void read(int offset, int count, ByteBuffer into, int at) {
    into.put(at, bytes, offset, count);
  }
}
