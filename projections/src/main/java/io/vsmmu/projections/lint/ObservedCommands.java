package io.vsmmu.projections.lint;

import io.vsmmu.smmu.event.CommandsConsumed;
import io.vsmmu.smmu.spec.CommandEntry;
import io.vsmmu.smmu.spec.CommandFields;
import io.vsmmu.smmu.spec.CommandOpcode;
import java.util.List;

/**
 * The commands that the SMMU consumed with one event, and what one look at each of them shows. Most
 * slices have nothing but CMD_TLBI_NH_VA and CMD_SYNC, so a checker need not decode what it does
 * not examine.
 */
final class ObservedCommands {

  private static final int NH_VA = CommandOpcode.TLBI_NH_VA.code();
  private static final int SYNC = CommandOpcode.SYNC.code();
  private static final long OF_RANGE = CommandFields.NUM.mask() | CommandFields.SCALE.mask();

  private final CommandsConsumed slice;
  private final List<CommandEntry> entries;
  private final int size;
  private int lastSync = -1;
  private int addresses;
  private int ranges;
  private int asid = -1;
  private boolean oneAsid = true;
  private boolean granule;
  private int others;
  private int syncsBehindAddresses;
  private boolean beginsWithSync;
  private int addressesAtEnd;

  private ObservedCommands(CommandsConsumed slice) {
    this.slice = slice;
    this.entries = slice.entries();
    this.size = Math.min(slice.consumed(), entries.size());
    for (int i = 0; i < size; i++) {
      examine(i, entries.get(i));
    }
  }

  static ObservedCommands of(CommandsConsumed slice) {
    return new ObservedCommands(slice);
  }

  private void examine(int index, CommandEntry entry) {
    int opcode = entry.opcode();
    if (opcode == NH_VA) {
      int named = (int) CommandFields.ASID.get(entry.word0());
      oneAsid &= addresses == 0 || named == asid;
      asid = named;
      addresses++;
      addressesAtEnd++;
      ranges += (entry.word0() & OF_RANGE) == 0 ? 0 : 1;
      granule |= CommandFields.TG1.isSet(entry.word1());
    } else if (opcode == SYNC) {
      if (addressesAtEnd > 0) {
        syncsBehindAddresses++;
      } else if (lastSync < 0) {
        beginsWithSync = true;
      }
      addressesAtEnd = 0;
      lastSync = index;
    } else {
      others++;
    }
  }

  int size() {
    return size;
  }

  /** The command at an index below {@link #size}. */
  ObservedCommand at(int index) {
    return ObservedCommand.of(slice, index);
  }

  CommandEntry entry(int index) {
    return entries.get(index);
  }

  /** The opcode at an index below {@link #size}, 0 to 255. */
  int opcode(int index) {
    return entries.get(index).opcode();
  }

  /** Whether all bits of all commands are known, which a recording may not contain. */
  boolean complete() {
    return slice.known().isEmpty();
  }

  /** Whether there are other commands than CMD_TLBI_NH_VA and CMD_SYNC. */
  boolean hasOthers() {
    return others > 0;
  }

  /** Index of the last CMD_SYNC, -1 without one. */
  int lastSync() {
    return lastSync;
  }

  /** The number of CMD_TLBI_NH_VA. */
  int addresses() {
    return addresses;
  }

  /** The number of CMD_TLBI_NH_VA behind the last CMD_SYNC. */
  int addressesAtEnd() {
    return addressesAtEnd;
  }

  /** The number of CMD_TLBI_NH_VA with NUM or SCALE. */
  int ranges() {
    return ranges;
  }

  /** Whether a CMD_TLBI_NH_VA has TG, without which there is no range. */
  boolean hasGranule() {
    return granule;
  }

  /** Whether all CMD_TLBI_NH_VA name the same ASID; true without one. */
  boolean oneAsid() {
    return oneAsid;
  }

  /** The ASID of the last CMD_TLBI_NH_VA, -1 without one. */
  int asid() {
    return asid;
  }

  /** The number of CMD_SYNCs between which and the one before there is a CMD_TLBI_NH_VA. */
  int syncsBehindAddresses() {
    return syncsBehindAddresses;
  }

  /** Whether a CMD_SYNC precedes the first CMD_TLBI_NH_VA. */
  boolean beginsWithSync() {
    return beginsWithSync;
  }
}
