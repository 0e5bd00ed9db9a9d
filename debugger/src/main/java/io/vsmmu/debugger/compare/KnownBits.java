package io.vsmmu.debugger.compare;

import io.vsmmu.smmu.spec.CommandEntry;
import java.util.Arrays;

/**
 * Which bits of the commands of a log are known, by opcode. A QEMU trace does not contain the
 * entries of the queue, only what QEMU prints about them, which depends on the kind of SMMU that it
 * models. Two logs are aligned by the bits that both contain.
 */
final class KnownBits {

  /** The mask of an entry that is completely known. */
  static final CommandEntry ALL = new CommandEntry(-1L, -1L);

  private static final int OPCODES = 256;

  private final long[] word0 = new long[OPCODES];
  private final long[] word1 = new long[OPCODES];

  /** Every bit of every command is known. */
  KnownBits() {
    Arrays.fill(word0, -1L);
    Arrays.fill(word1, -1L);
  }

  /** Whether a mask contains every bit of the opcode. */
  static boolean opcodeKnown(CommandEntry mask) {
    return mask.opcode() == ALL.opcode();
  }

  /** Takes an entry of the log into account. */
  void learn(CommandEntry entry, CommandEntry known) {
    if (opcodeKnown(known)) {
      word0[entry.opcode()] &= known.word0();
      word1[entry.opcode()] &= known.word1();
    }
  }

  /** The bits that are known in both logs. */
  KnownBits and(KnownBits other) {
    KnownBits both = new KnownBits();
    for (int i = 0; i < OPCODES; i++) {
      both.word0[i] = word0[i] & other.word0[i];
      both.word1[i] = word1[i] & other.word1[i];
    }
    return both;
  }

  /** Mask of the known bits of the first word of a command with this opcode, 0 to 255. */
  long word0(int opcode) {
    return word0[opcode];
  }

  /** Mask of the known bits of the second word. */
  long word1(int opcode) {
    return word1[opcode];
  }
}
