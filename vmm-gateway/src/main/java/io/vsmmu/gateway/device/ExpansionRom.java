package io.vsmmu.gateway.device;

import io.vsmmu.vfiouser.pci.EmulatedConfigSpace;
import java.nio.ByteBuffer;

/** The expansion ROM of a vSMMU's function, or the reason why it has none. Immutable. */
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
   * @param bytes the contents; the length is a power of two of at least 2048
   * @param note what the operator should know about it; may be empty
   * @throws IllegalArgumentException when the length is another
   */
  public static ExpansionRom of(byte[] bytes, String note) {
    EmulatedConfigSpace.checkRom(bytes.length);
    if (bytes.length == 0) {
      throw new IllegalArgumentException("the size of a ROM is a power of two of at least 2048: 0");
    }
    String text = "option ROM of %d bytes".formatted(bytes.length);
    return new ExpansionRom(bytes.clone(), note.isEmpty() ? text : text + "; " + note, false);
  }

  /** No ROM, because the operator switched it off. */
  public static ExpansionRom none() {
    return new ExpansionRom(new byte[0], "no option ROM", false);
  }

  /**
   * No ROM, although it is switched on.
   *
   * @param why the reason, and what an operator can do about it
   */
  public static ExpansionRom missing(String why) {
    return new ExpansionRom(new byte[0], "no option ROM: " + why, true);
  }

  /** The size in bytes, a power of two of at least 2048; 0 without a ROM. */
  public int size() {
    return bytes.length;
  }

  /** Whether the ROM is switched on and could not be made. */
  public boolean isMissing() {
    return missing;
  }

  /** A description for the service's log, in one line. */
  public String text() {
    return text;
  }

  void read(int offset, int count, ByteBuffer into, int at) {
    into.put(at, bytes, offset, count);
  }
}
