package io.vsmmu.smmu.spec;

/** The answers to stalled transactions, IHI 0070, 4.7.1 and 4.7.2. */
public sealed interface StallCommand extends SmmuCommand {

  /** The StreamID, 32 bits unsigned. */
  int sid();

  /** Whether the StreamID is Secure: ILLEGAL on the Non-secure queue. */
  boolean ssec();

  /**
   * CMD_RESUME.
   *
   * @param stag token of the fault record, 16 bits
   * @param retry Ac: retry instead of terminate
   * @param abort Ab: terminate with an abort instead of RAZ/WI
   */
  record Resume(int sid, boolean ssec, int stag, boolean retry, boolean abort)
      implements StallCommand {

    public Resume {
      CommandFields.fit(CommandFields.STAG1, stag);
    }

    @Override
    public CommandEntry encode() {
      long word0 = CommandFields.ACTION.set(word0(CommandOpcode.RESUME, this), retry ? 1 : 0);
      return new CommandEntry(CommandFields.ABORT.set(word0, abort ? 1 : 0), stag);
    }
  }

  /** CMD_STALL_TERM, IHI 0070, 4.7.2. */
  record Terminate(int sid, boolean ssec) implements StallCommand {
    @Override
    public CommandEntry encode() {
      return new CommandEntry(word0(CommandOpcode.STALL_TERM, this), 0);
    }
  }

  private static long word0(CommandOpcode opcode, StallCommand command) {
    long word0 = CommandFields.SSEC.set(opcode.code(), command.ssec() ? 1 : 0);
    return CommandFields.STREAM_ID.set(word0, command.sid());
  }
}
