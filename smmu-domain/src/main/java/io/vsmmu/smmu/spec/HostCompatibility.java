package io.vsmmu.smmu.spec;

import io.vsmmu.smmu.spec.HostRule.Relation;
import io.vsmmu.smmu.spec.HostRule.Source;
import java.util.ArrayList;
import java.util.List;

/**
 * Whether a host's SMMU can back what a vSMMU shows its guest. The physical SMMU walks the guest's
 * stage 1 tables and fetches its CDs, so a vSMMU must not promise what that one cannot do.
 *
 * <p>Fields without a rule may differ: what they offer is done by the vSMMU itself (queues, MSIs,
 * PRI), is not shown by any vSMMU, or changes nothing for the host.
 */
public final class HostCompatibility {

  private static final List<HostRule> RULES =
      List.of(
          new HostRule(IdField.ST_LEVEL, Relation.AT_MOST, Source.FIXED),
          new HostRule(IdField.TTF, Relation.INCLUDES_VMSAV8_64, Source.FIXED),
          new HostRule(IdField.TTENDIAN, Relation.LITTLE_ENDIAN, Source.FIXED),
          new HostRule(IdField.SIDSIZE, Relation.AT_MOST, Source.FIXED),
          new HostRule(IdField.SSIDSIZE, Relation.AT_MOST, Source.PROPERTY),
          new HostRule(IdField.RIL, Relation.AT_MOST, Source.PROPERTY),
          new HostRule(IdField.ATS, Relation.AT_MOST, Source.PROPERTY),
          // Without ASID16 the host ignores bits 15:8 of a CD's ASID.
          new HostRule(IdField.ASID16, Relation.AT_MOST, Source.FIRST_DEVICE),
          new HostRule(IdField.COHACC, Relation.AT_MOST, Source.FIRST_DEVICE),
          new HostRule(IdField.HAD, Relation.AT_MOST, Source.FIRST_DEVICE),
          new HostRule(IdField.BBML, Relation.AT_MOST, Source.FIRST_DEVICE),
          new HostRule(IdField.GRAN4K, Relation.AT_MOST, Source.FIRST_DEVICE),
          new HostRule(IdField.GRAN16K, Relation.AT_MOST, Source.FIRST_DEVICE),
          new HostRule(IdField.GRAN64K, Relation.AT_MOST, Source.FIRST_DEVICE),
          new HostRule(IdField.HTTU, Relation.AT_MOST, Source.FIXED),
          new HostRule(IdField.CD2L, Relation.AT_MOST, Source.FIXED),
          new HostRule(IdField.DS, Relation.AT_MOST, Source.FIXED),
          new HostRule(IdField.VAX, Relation.AT_MOST, Source.FIXED),
          // A guest that sees 0 may ask for RAZ/WI, CD.A = 0, which is ILLEGAL where it is 1
          // (5.4.1).
          new HostRule(IdField.TERM_MODEL, Relation.AT_LEAST, Source.FIXED),
          new HostRule(IdField.STALL_MODEL, Relation.SAME_OR_TERMINATES, Source.FIXED),
          new HostRule(IdField.OAS, Relation.AT_MOST, Source.PROPERTY));

  private HostCompatibility() {}

  /** The table, in the order in which differences are reported; unmodifiable. */
  public static List<HostRule> rules() {
    return RULES;
  }

  /** The rule of a field that {@link #compare} reported. */
  public static HostRule rule(IdField field) {
    return RULES.stream().filter(rule -> rule.field() == field).findFirst().orElseThrow();
  }

  /**
   * Compares what a vSMMU shows with a host.
   *
   * @param shown the vSMMU's ID registers
   * @param host the physical SMMU's
   * @return every difference that keeps the host from backing the vSMMU; empty when it can
   */
  public static List<HostDifference> compare(IdRegisters shown, IdRegisters host) {
    List<HostDifference> differences = new ArrayList<>();
    for (HostRule rule : RULES) {
      IdField field = rule.field();
      if (!rule.relation().holds(shown.get(field), host.get(field))) {
        differences.add(
            new HostDifference(
                field.fullName(), field, text(shown, field), text(host, field), size(host, field)));
      }
    }
    return List.copyOf(differences);
  }

  /**
   * What a vSMMU shows after its first device: every field that its first device's SMMU decides is
   * at most that SMMU's.
   *
   * @param shown the vSMMU's ID registers
   * @param host the first device's SMMU's
   */
  public static IdRegisters lowerToHost(IdRegisters shown, IdRegisters host) {
    IdRegisters lowered = shown;
    for (HostRule rule : RULES) {
      if (rule.source() == Source.FIRST_DEVICE) {
        IdField field = rule.field();
        lowered = lowered.with(field, Math.min(shown.get(field), host.get(field)));
      }
    }
    return lowered;
  }

  private static String text(IdRegisters ids, IdField field) {
    return field == IdField.OAS ? ids.oasBits() + " bits" : String.valueOf(ids.get(field));
  }

  private static int size(IdRegisters ids, IdField field) {
    return field == IdField.OAS ? ids.oasBits() : ids.get(field);
  }
}
