package io.vsmmu.smmu.spec;

import static io.vsmmu.smmu.spec.CommandOpcode.TLBI_EL2_ALL;
import static io.vsmmu.smmu.spec.CommandOpcode.TLBI_EL2_ASID;
import static io.vsmmu.smmu.spec.CommandOpcode.TLBI_EL2_VA;
import static io.vsmmu.smmu.spec.CommandOpcode.TLBI_EL2_VAA;
import static io.vsmmu.smmu.spec.CommandOpcode.TLBI_EL3_ALL;
import static io.vsmmu.smmu.spec.CommandOpcode.TLBI_EL3_VA;
import static io.vsmmu.smmu.spec.CommandOpcode.TLBI_NH_ALL;
import static io.vsmmu.smmu.spec.CommandOpcode.TLBI_NH_ASID;
import static io.vsmmu.smmu.spec.CommandOpcode.TLBI_NH_VA;
import static io.vsmmu.smmu.spec.CommandOpcode.TLBI_NH_VAA;
import static io.vsmmu.smmu.spec.CommandOpcode.TLBI_NSNH_ALL;
import static io.vsmmu.smmu.spec.CommandOpcode.TLBI_S12_VMALL;
import static io.vsmmu.smmu.spec.CommandOpcode.TLBI_S2_IPA;
import static io.vsmmu.smmu.spec.CommandOpcode.TLBI_SNH_ALL;
import static io.vsmmu.smmu.spec.CommandOpcode.TLBI_S_EL2_ALL;
import static io.vsmmu.smmu.spec.CommandOpcode.TLBI_S_EL2_ASID;
import static io.vsmmu.smmu.spec.CommandOpcode.TLBI_S_EL2_VA;
import static io.vsmmu.smmu.spec.CommandOpcode.TLBI_S_EL2_VAA;
import static io.vsmmu.smmu.spec.CommandOpcode.TLBI_S_S12_VMALL;
import static io.vsmmu.smmu.spec.CommandOpcode.TLBI_S_S2_IPA;

import io.vsmmu.smmu.bits.Bits;
import java.util.EnumSet;
import java.util.Set;

/**
 * The TLB invalidations, IHI 0070, 4.4. VMIDs and ASIDs have 16 bits; one that the opcode has no
 * field for is 0.
 */
public sealed interface TlbInvalidation extends SmmuCommand {

  /** Which command; says the translation regime. */
  CommandOpcode opcode();

  /** Everything, or everything of one VMID: TLBI_*_ALL, TLBI_*S12_VMALL. */
  record All(CommandOpcode opcode, int vmid) implements TlbInvalidation {
    private static final Set<CommandOpcode> TAGGED =
        EnumSet.of(TLBI_NH_ALL, TLBI_S12_VMALL, TLBI_S_S12_VMALL);
    private static final Set<CommandOpcode> UNTAGGED =
        EnumSet.of(TLBI_NSNH_ALL, TLBI_SNH_ALL, TLBI_EL2_ALL, TLBI_EL3_ALL, TLBI_S_EL2_ALL);

    public All {
      requireOne(opcode, TAGGED, UNTAGGED);
      requireTag(CommandFields.VMID, vmid, TAGGED.contains(opcode));
    }

    @Override
    public CommandEntry encode() {
      return new CommandEntry(CommandFields.VMID.set(opcode.code(), vmid), 0);
    }
  }

  /** One address space: TLBI_*_ASID. */
  record Asid(CommandOpcode opcode, int vmid, int asid) implements TlbInvalidation {
    private static final Set<CommandOpcode> TAGGED = EnumSet.of(TLBI_NH_ASID);
    private static final Set<CommandOpcode> UNTAGGED = EnumSet.of(TLBI_EL2_ASID, TLBI_S_EL2_ASID);

    public Asid {
      requireOne(opcode, TAGGED, UNTAGGED);
      requireTag(CommandFields.VMID, vmid, TAGGED.contains(opcode));
      CommandFields.fit(CommandFields.ASID, asid);
    }

    @Override
    public CommandEntry encode() {
      long word0 = CommandFields.VMID.set(opcode.code(), vmid);
      return new CommandEntry(CommandFields.ASID.set(word0, asid), 0);
    }
  }

  /** Addresses of one address space: TLBI_*_VA. */
  record Va(CommandOpcode opcode, int vmid, int asid, InvalidationRange range)
      implements TlbInvalidation {
    private static final Set<CommandOpcode> TAGGED = EnumSet.of(TLBI_NH_VA);
    private static final Set<CommandOpcode> UNTAGGED =
        EnumSet.of(TLBI_EL2_VA, TLBI_EL3_VA, TLBI_S_EL2_VA);

    public Va {
      requireOne(opcode, TAGGED, UNTAGGED);
      requireTag(CommandFields.VMID, vmid, TAGGED.contains(opcode));
      requireTag(CommandFields.ASID, asid, opcode != TLBI_EL3_VA);
    }

    @Override
    public CommandEntry encode() {
      long word0 = CommandFields.VMID.set(range.encodeWord0(opcode.code()), vmid);
      return new CommandEntry(CommandFields.ASID.set(word0, asid), range.encodeWord1());
    }
  }

  /** Addresses of all address spaces: TLBI_*_VAA. */
  record Vaa(CommandOpcode opcode, int vmid, InvalidationRange range) implements TlbInvalidation {
    private static final Set<CommandOpcode> TAGGED = EnumSet.of(TLBI_NH_VAA);
    private static final Set<CommandOpcode> UNTAGGED = EnumSet.of(TLBI_EL2_VAA, TLBI_S_EL2_VAA);

    public Vaa {
      requireOne(opcode, TAGGED, UNTAGGED);
      requireTag(CommandFields.VMID, vmid, TAGGED.contains(opcode));
    }

    @Override
    public CommandEntry encode() {
      long word0 = CommandFields.VMID.set(range.encodeWord0(opcode.code()), vmid);
      return new CommandEntry(word0, range.encodeWord1());
    }
  }

  /** Stage 2 addresses of one VMID: TLBI_S2_IPA, TLBI_S_S2_IPA; the address has bits [55:12]. */
  record Ipa(CommandOpcode opcode, int vmid, InvalidationRange range) implements TlbInvalidation {
    private static final Set<CommandOpcode> TAGGED = EnumSet.of(TLBI_S2_IPA, TLBI_S_S2_IPA);

    public Ipa {
      requireOne(opcode, TAGGED, Set.of());
      CommandFields.fit(CommandFields.VMID, vmid);
      CommandFields.fitInPlace(CommandFields.IPA1, range.address());
    }

    @Override
    public CommandEntry encode() {
      long word0 = CommandFields.VMID.set(range.encodeWord0(opcode.code()), vmid);
      return new CommandEntry(word0, range.encodeWord1());
    }
  }

  private static void requireOne(
      CommandOpcode opcode, Set<CommandOpcode> tagged, Set<CommandOpcode> untagged) {
    if (!tagged.contains(opcode) && !untagged.contains(opcode)) {
      throw new IllegalArgumentException(opcode + " is not of this family");
    }
  }

  private static void requireTag(Bits tag, int value, boolean present) {
    CommandFields.fit(tag, value);
    if (!present && value != 0) {
      throw new IllegalArgumentException("the command has no " + tag.name());
    }
  }
}
