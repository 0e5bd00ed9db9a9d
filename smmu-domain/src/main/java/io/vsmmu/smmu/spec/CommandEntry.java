package io.vsmmu.smmu.spec;

import io.vsmmu.smmu.bits.FieldTable;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * One entry of the Command queue: 16 bytes, two little-endian words (IHI 0070, 4.1.1). Any two
 * words are an entry.
 */
public record CommandEntry(long word0, long word1) implements MemoryStructure {

  public static final int SIZE_BYTES = 16;

  private static final int WORDS = 2;

  /**
   * The entry in these bytes.
   *
   * @throws IllegalArgumentException unless there are exactly 16
   */
  public static CommandEntry fromBytes(byte[] bytes) {
    return of(LittleEndian.words(bytes, WORDS));
  }

  /** Reads the next 16 bytes of {@code buffer}, as little-endian whatever its order. */
  public static CommandEntry read(ByteBuffer buffer) {
    return of(LittleEndian.read(buffer, WORDS));
  }

  @Override
  public long[] words() {
    return new long[] {word0, word1};
  }

  /** The opcode, bits 7:0 of the first word: 0 to 255. */
  public int opcode() {
    return (int) CommandFields.OPCODE.get(word0);
  }

  /** The command the opcode stands for; empty if it is Reserved or IMPLEMENTATION DEFINED. */
  public Optional<CommandOpcode> command() {
    return CommandOpcode.of(opcode());
  }

  /**
   * The specification's name without {@code CMD_}, but {@code CMD_SYNC} in full, as everybody says
   * it; or {@code RESERVED_0x..}.
   */
  public String name() {
    return command().map(this::name).orElseGet(() -> "RESERVED_0x%02x".formatted(opcode()));
  }

  private String name(CommandOpcode command) {
    return switch (command) {
      case SYNC -> "CMD_SYNC";
      case CFGI_STE_RANGE -> isCfgiAll(command) ? "CFGI_ALL" : command.name();
      default -> command.name();
    };
  }

  /** Whether a bit is set that the command's fields do not claim; 4.1.5 lets both answers pass. */
  public boolean reservedBitsSet() {
    return command().map(c -> c.fields().reservedBitsSet(word0, word1)).orElse(false);
  }

  /** The entry without bits that the command's fields do not claim; 4.1.5 lets them be ignored. */
  public CommandEntry withoutReservedBits() {
    return reservedBitsSet() ? withoutReservedBits(command().orElseThrow().fields()) : this;
  }

  private CommandEntry withoutReservedBits(FieldTable fields) {
    return new CommandEntry(word0 & ~fields.reservedMask(0), word1 & ~fields.reservedMask(1));
  }

  /** The fields of the command; only the opcode if it is unknown. */
  @Override
  public FieldTable fields() {
    return command().map(CommandOpcode::fields).orElse(CommandFields.OPCODE_ONLY);
  }

  private boolean isCfgiAll(CommandOpcode command) {
    return command == CommandOpcode.CFGI_STE_RANGE
        && CommandFields.RANGE1.get(word1) == ConfigInvalidation.RANGE_ALL;
  }

  private static CommandEntry of(long[] words) {
    return new CommandEntry(words[0], words[1]);
  }
}
