package io.vsmmu.smmu.spec;

/** The ATS and PRI commands, IHI 0070, 4.5. */
public sealed interface AtsCommand extends SmmuCommand {

  /** The StreamID, 32 bits unsigned. */
  int sid();

  /** SSV: whether the command names a SubstreamID. */
  boolean ssv();

  /** The SubstreamID, 20 bits; it has no meaning unless {@link #ssv}. */
  int ssid();

  /**
   * CMD_ATC_INV.
   *
   * @param global with {@code ssv}: for all PASIDs
   * @param size log2 of the span in 4KB units, 0..63; 52 means everything, more is not defined
   * @param address 4KB aligned; the SMMU aligns it to the span
   */
  record AtcInvalidate(int sid, boolean ssv, int ssid, boolean global, int size, long address)
      implements AtsCommand {

    /** The size that spans all addresses, and the largest one defined. */
    public static final int SIZE_ALL = 52;

    public AtcInvalidate {
      CommandFields.fit(CommandFields.SUBSTREAM_ID, ssid);
      CommandFields.fit(CommandFields.ATC_SIZE1, size);
      CommandFields.fitInPlace(CommandFields.ADDRESS1, address);
    }

    /** The addresses invalidated; everything for a size of 52 and above. */
    public AddressRange covered() {
      if (size >= SIZE_ALL) {
        return AddressRange.ALL;
      }
      long span = InvalidationRange.UNIT_BYTES << size;
      return AddressRange.of(address & -span, span);
    }

    @Override
    public CommandEntry encode() {
      long word0 = CommandFields.GLOBAL.set(word0(CommandOpcode.ATC_INV, this), global ? 1 : 0);
      return new CommandEntry(word0, CommandFields.ATC_SIZE1.set(address, size));
    }
  }

  /**
   * CMD_PRI_RESP.
   *
   * @param prgIndex page request group, 0..511
   * @param response 0 ResponseFailure, 1 InvalidRequest, 2 Success, 3 Reserved (CERROR_ILL)
   */
  record PriResponse(int sid, boolean ssv, int ssid, int prgIndex, int response)
      implements AtsCommand {

    public PriResponse {
      CommandFields.fit(CommandFields.SUBSTREAM_ID, ssid);
      CommandFields.fit(CommandFields.PRG_INDEX1, prgIndex);
      CommandFields.fit(CommandFields.RESP1, response);
    }

    @Override
    public CommandEntry encode() {
      return new CommandEntry(
          word0(CommandOpcode.PRI_RESP, this), CommandFields.RESP1.set(prgIndex, response));
    }
  }

  private static long word0(CommandOpcode opcode, AtsCommand command) {
    long word0 = CommandFields.SSV.set(opcode.code(), command.ssv() ? 1 : 0);
    word0 = CommandFields.SUBSTREAM_ID.set(word0, command.ssid());
    return CommandFields.STREAM_ID.set(word0, command.sid());
  }
}
