package io.vsmmu.smmu.spec;

/** The prefetch hints, IHI 0070, 4.2. StreamIDs are unsigned 32-bit values. */
public sealed interface PrefetchCommand extends SmmuCommand {

  /** The StreamID, 32 bits unsigned. */
  int sid();

  /** Whether the StreamID is Secure: ILLEGAL on the Non-secure queue. */
  boolean ssec();

  /** SSV: whether the command names a SubstreamID. */
  boolean ssv();

  /** The SubstreamID, 20 bits; it has no meaning unless {@link #ssv}. */
  int ssid();

  /** CMD_PREFETCH_CONFIG, IHI 0070, 4.2.1. */
  record Config(int sid, boolean ssec, boolean ssv, int ssid) implements PrefetchCommand {

    public Config {
      CommandFields.fit(CommandFields.SUBSTREAM_ID, ssid);
    }

    @Override
    public CommandEntry encode() {
      return new CommandEntry(word0(CommandOpcode.PREFETCH_CONFIG, this), 0);
    }
  }

  /**
   * CMD_PREFETCH_ADDR.
   *
   * @param size log2 of the number of translations, 0..31
   * @param stride log2 of their distance in 4KB units, 0..31
   * @param address first address, 4KB aligned
   */
  record Address(int sid, boolean ssec, boolean ssv, int ssid, int size, int stride, long address)
      implements PrefetchCommand {

    public Address {
      CommandFields.fit(CommandFields.SUBSTREAM_ID, ssid);
      CommandFields.fit(CommandFields.PREFETCH_SIZE1, size);
      CommandFields.fit(CommandFields.PREFETCH_STRIDE1, stride);
      CommandFields.fitInPlace(CommandFields.ADDRESS1, address);
    }

    @Override
    public CommandEntry encode() {
      long word1 = CommandFields.PREFETCH_SIZE1.set(address, size);
      return new CommandEntry(
          word0(CommandOpcode.PREFETCH_ADDR, this),
          CommandFields.PREFETCH_STRIDE1.set(word1, stride));
    }
  }

  private static long word0(CommandOpcode opcode, PrefetchCommand command) {
    long word0 = CommandFields.SSEC.set(opcode.code(), command.ssec() ? 1 : 0);
    word0 = CommandFields.SSV.set(word0, command.ssv() ? 1 : 0);
    word0 = CommandFields.SUBSTREAM_ID.set(word0, command.ssid());
    return CommandFields.STREAM_ID.set(word0, command.sid());
  }
}
