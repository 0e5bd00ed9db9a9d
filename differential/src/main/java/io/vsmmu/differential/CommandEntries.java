package io.vsmmu.differential;

import io.vsmmu.smmu.bits.Bits;
import io.vsmmu.smmu.spec.CommandEntry;
import io.vsmmu.smmu.spec.CommandFields;
import io.vsmmu.smmu.spec.CommandOpcode;

/** Builds entries of a command queue. */
final class CommandEntries {

  private CommandEntries() {}

  static CommandEntry of(CommandOpcode opcode) {
    return new CommandEntry(opcode.code(), 0);
  }

  static CommandEntry of(int opcode) {
    return new CommandEntry(opcode, 0);
  }

  static CommandEntry sync() {
    return of(CommandOpcode.SYNC);
  }

  static CommandEntry cfgiSte(int streamId) {
    return with0(of(CommandOpcode.CFGI_STE), CommandFields.STREAM_ID, streamId);
  }

  static CommandEntry with0(CommandEntry entry, Bits field, long value) {
    return new CommandEntry(field.set(entry.word0(), value), entry.word1());
  }

  static CommandEntry with1(CommandEntry entry, Bits field, long value) {
    return new CommandEntry(entry.word0(), field.set(entry.word1(), value));
  }
}
