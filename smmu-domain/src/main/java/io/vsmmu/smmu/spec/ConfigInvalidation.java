package io.vsmmu.smmu.spec;

/**
 * The configuration invalidations, IHI 0070, 4.3. StreamIDs are unsigned 32-bit values.
 *
 * <p>{@code ssec} of each says that the StreamID is Secure: ILLEGAL on the Non-secure queue.
 */
public sealed interface ConfigInvalidation extends SmmuCommand {

  /** The Range of CMD_CFGI_STE_RANGE that makes it CMD_CFGI_ALL. */
  int RANGE_ALL = 31;

  /**
   * CMD_CFGI_STE.
   *
   * @param leaf only the STE, not the L1STD on the way to it
   */
  record Ste(int sid, boolean ssec, boolean leaf) implements ConfigInvalidation {
    @Override
    public CommandEntry encode() {
      return new CommandEntry(
          stream(CommandOpcode.CFGI_STE, sid, ssec), CommandFields.LEAF1.set(0, leaf ? 1 : 0));
    }
  }

  /**
   * CMD_CFGI_STE_RANGE: the aligned block of 2^(range+1) StreamIDs that holds {@code sid}.
   *
   * @param range 0..31; 31 is CMD_CFGI_ALL
   */
  record SteRange(int sid, boolean ssec, int range) implements ConfigInvalidation {

    public SteRange {
      CommandFields.fit(CommandFields.RANGE1, range);
    }

    /** Whether this is CMD_CFGI_ALL. */
    public boolean all() {
      return range == RANGE_ALL;
    }

    /** The lowest StreamID of the block, unsigned. */
    public int firstSid() {
      return all() ? 0 : sid & (-1 << (range + 1));
    }

    /** The highest StreamID of the block, unsigned. */
    public int lastSid() {
      return all() ? -1 : firstSid() | ~(-1 << (range + 1));
    }

    /** Whether {@code candidate} is in the block. */
    public boolean covers(int candidate) {
      return Integer.compareUnsigned(firstSid(), candidate) <= 0
          && Integer.compareUnsigned(candidate, lastSid()) <= 0;
    }

    @Override
    public CommandEntry encode() {
      return new CommandEntry(stream(CommandOpcode.CFGI_STE_RANGE, sid, ssec), range);
    }
  }

  /**
   * CMD_CFGI_CD.
   *
   * @param ssid index of the CD, 20 bits
   * @param leaf only the CD, not the L1CD on the way to it
   */
  record Cd(int sid, boolean ssec, int ssid, boolean leaf) implements ConfigInvalidation {

    public Cd {
      CommandFields.fit(CommandFields.SUBSTREAM_ID, ssid);
    }

    @Override
    public CommandEntry encode() {
      long word0 = CommandFields.SUBSTREAM_ID.set(stream(CommandOpcode.CFGI_CD, sid, ssec), ssid);
      return new CommandEntry(word0, CommandFields.LEAF1.set(0, leaf ? 1 : 0));
    }
  }

  /** CMD_CFGI_CD_ALL, IHI 0070, 4.3.4. */
  record CdAll(int sid, boolean ssec) implements ConfigInvalidation {
    @Override
    public CommandEntry encode() {
      return new CommandEntry(stream(CommandOpcode.CFGI_CD_ALL, sid, ssec), 0);
    }
  }

  /** CMD_CFGI_VMS_PIDM; {@code vmid} has 16 bits. */
  record VmsPidm(int vmid, boolean ssec) implements ConfigInvalidation {

    public VmsPidm {
      CommandFields.fit(CommandFields.VMID, vmid);
    }

    @Override
    public CommandEntry encode() {
      long word0 = CommandFields.SSEC.set(CommandOpcode.CFGI_VMS_PIDM.code(), ssec ? 1 : 0);
      return new CommandEntry(CommandFields.VMID.set(word0, vmid), 0);
    }
  }

  private static long stream(CommandOpcode opcode, int sid, boolean ssec) {
    long word0 = CommandFields.SSEC.set(opcode.code(), ssec ? 1 : 0);
    return CommandFields.STREAM_ID.set(word0, sid);
  }
}
