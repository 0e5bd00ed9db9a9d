package io.vsmmu.smmu.wire;

import io.vsmmu.smmu.spec.Register;
import org.jspecify.annotations.Nullable;

/** Finds registers by their offsets, which identify them in payloads. */
final class RegisterNumbers {

  private static final int PAGES = 2;
  private static final int PAGE_LOG2_WORDS = 10;
  private static final int PAGE_SHIFT = 16;
  private static final @Nullable Register[] BY_INDEX = new Register[PAGES << PAGE_LOG2_WORDS];

  static {
    for (Register register : Register.values()) {
      BY_INDEX[index(register.offset())] = register;
    }
  }

  private RegisterNumbers() {}

  static Register read(WireReader in) {
    int offset = in.uint32();
    int index = index(offset);
    Register register = index < 0 || index >= BY_INDEX.length ? null : BY_INDEX[index];
    if (register == null || register.offset() != offset) {
      throw in.malformed("no register at 0x" + Integer.toHexString(offset));
    }
    return register;
  }

  /** Page and word of an offset; offsets at which there is no register may give the same index. */
  private static int index(int offset) {
    int word = (offset >>> 2) & ((1 << PAGE_LOG2_WORDS) - 1);
    return offset >>> PAGE_SHIFT >= PAGES ? -1 : (offset >>> PAGE_SHIFT << PAGE_LOG2_WORDS) | word;
  }
}
