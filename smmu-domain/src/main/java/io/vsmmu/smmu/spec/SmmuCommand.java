package io.vsmmu.smmu.spec;

/**
 * A decoded Command queue entry, one record per family of IHI 0070, 4.2 to 4.7. For every command
 * {@code c}: {@code decode(c.encode()).equals(c)}. Whether a command is allowed is not decided
 * here; reserved bits of an entry are dropped, {@link CommandEntry#reservedBitsSet} reports them.
 *
 * <p>Constructors refuse values that do not fit their field; decoding never produces such a value.
 */
public sealed interface SmmuCommand
    permits PrefetchCommand,
        ConfigInvalidation,
        TlbInvalidation,
        AtsCommand,
        StallCommand,
        SmmuCommand.Sync,
        SmmuCommand.Unsupported {

  /** The entry this command is written as, reserved bits zero. */
  CommandEntry encode();

  /** The command in {@code entry}. Total: any entry gives a command, none an exception. */
  static SmmuCommand decode(CommandEntry entry) {
    return entry
        .command()
        .map(opcode -> CommandDecoder.decode(opcode, entry.word0(), entry.word1()))
        .orElseGet(() -> new Unsupported(entry));
  }

  /**
   * CMD_SYNC, 4.7.3.
   *
   * @param cs completion signal: 0 none, 1 interrupt (MSI if {@code msiAddress} is not 0), 2 SEV, 3
   *     Reserved (CERROR_ILL)
   * @param msh shareability of the MSI write, 0..3
   * @param msiAttr memory attributes of the MSI write, 0..15
   * @param msiData what the MSI writes
   * @param msiAddress where, bits [55:2]
   */
  record Sync(int cs, int msh, int msiAttr, int msiData, long msiAddress) implements SmmuCommand {

    /** CMD_SYNC completes without a signal. */
    public static final int CS_NONE = 0;

    /** CMD_SYNC completes with an interrupt, or with an MSI if it has an address for one. */
    public static final int CS_IRQ = 1;

    /** CMD_SYNC completes with an event as of SEV, which wakes PEs from WFE. */
    public static final int CS_SEV = 2;

    public Sync {
      CommandFields.fit(CommandFields.CS, cs);
      CommandFields.fit(CommandFields.MSH, msh);
      CommandFields.fit(CommandFields.MSI_ATTR, msiAttr);
      CommandFields.fitInPlace(CommandFields.MSI_ADDRESS1, msiAddress);
    }

    @Override
    public CommandEntry encode() {
      long word0 = CommandOpcode.SYNC.code();
      word0 = CommandFields.CS.set(word0, cs);
      word0 = CommandFields.MSH.set(word0, msh);
      word0 = CommandFields.MSI_ATTR.set(word0, msiAttr);
      word0 = CommandFields.MSI_DATA.set(word0, msiData);
      return new CommandEntry(word0, msiAddress);
    }
  }

  /**
   * An entry whose opcode is Reserved, IMPLEMENTATION DEFINED, or of a command without a record.
   */
  record Unsupported(CommandEntry entry) implements SmmuCommand {

    public Unsupported {
      if (entry.command().filter(c -> !CommandDecoder.isUnsupported(c)).isPresent()) {
        throw new IllegalArgumentException(entry.name() + " has a record of its own");
      }
    }

    @Override
    public CommandEntry encode() {
      return entry;
    }
  }
}
