package io.vsmmu.differential;

import io.vsmmu.smmu.spec.CommandEntry;
import io.vsmmu.smmu.spec.Register;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;

/** One action of a guest, of its machine or of one of its devices. */
sealed interface Step {

  /**
   * The guest writes to the register frame.
   *
   * @param offset bytes from its beginning
   * @param width bytes: 1, 2, 4 or 8
   */
  record Write(int offset, int width, long value) implements Step {

    public Write {
      value &= -1L >>> (Long.SIZE - width * Byte.SIZE);
    }

    static Write of(Register register, long value) {
      return new Write(register.offset(), register.widthBits() / Byte.SIZE, value);
    }

    @Override
    public String toString() {
      return "write %s, %d bytes: 0x%x".formatted(name(offset), width, value);
    }
  }

  /** The guest reads from the register frame. */
  record Read(int offset, int width) implements Step {

    @Override
    public String toString() {
      return "read %s, %d bytes".formatted(name(offset), width);
    }
  }

  /** The guest writes its own memory. */
  record Store(long address, byte[] bytes) implements Step {

    @Override
    public String toString() {
      return "store 0x%x: %s".formatted(address, HexFormat.of().formatHex(bytes));
    }
  }

  /** The guest writes commands into its command queue, from CMDQ_PROD on, and then CMDQ_PROD. */
  record Commands(List<CommandEntry> entries) implements Step {

    public Commands {
      entries = List.copyOf(entries);
    }

    @Override
    public String toString() {
      return entries.stream()
          .map(e -> "%s 0x%016x 0x%016x".formatted(e.name(), e.word0(), e.word1()))
          .collect(Collectors.joining("; ", "commands ", ""));
    }
  }

  /** The guest acknowledges every active error: GERRORN takes the value of GERROR. */
  record AcknowledgeErrors() implements Step {

    @Override
    public String toString() {
      return "GERRORN takes GERROR";
    }
  }

  /** The guest has read its event queue: EVENTQ_CONS takes the value of EVENTQ_PROD. */
  record DrainEvents() implements Step {

    @Override
    public String toString() {
      return "EVENTQ_CONS takes EVENTQ_PROD";
    }
  }

  /** The device writes four bytes to {@link GuestMemoryMap#TARGET}. */
  record Dma(int streamId) implements Step {

    @Override
    public String toString() {
      return "device 0x%x writes to 0x%x".formatted(streamId, GuestMemoryMap.TARGET);
    }
  }

  record Reset() implements Step {

    @Override
    public String toString() {
      return "reset";
    }
  }

  private static String name(int offset) {
    for (Register register : Register.values()) {
      int within = offset - register.offset();
      if (within >= 0 && within < register.widthBits() / Byte.SIZE) {
        return within == 0 ? register.name() : "%s+%d".formatted(register.name(), within);
      }
    }
    return "0x%x".formatted(offset);
  }
}
