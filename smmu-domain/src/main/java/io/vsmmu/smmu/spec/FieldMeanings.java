package io.vsmmu.smmu.spec;

import io.vsmmu.smmu.bits.Bits;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What the values of enumerated fields mean, in a few words, for people who read a decoded
 * register, STE, CD, command or event record (IHI 0070, 4 to 7). A field without a row is a number,
 * an address, or a flag whose name says everything. A value without a row is Reserved.
 */
public final class FieldMeanings {

  private static final List<String> CACHEABILITY =
      List.of(
          "Non-cacheable",
          "Write-Back, Read-Allocate, Write-Allocate",
          "Write-Through",
          "Write-Back, Read-Allocate, no Write-Allocate");
  private static final List<String> TABLE_CACHEABILITY =
      List.of("Non-cacheable", "Write-Back Cacheable", "Write-Through Cacheable");
  private static final Map<Integer, String> SHAREABILITY =
      Map.of(0, "Non-shareable", 2, "Outer Shareable", 3, "Inner Shareable");
  private static final Map<Integer, String> GRANULE = Map.of(0, "4KB", 1, "64KB", 2, "16KB");

  private static final Map<Bits, SortedMap<Integer, String>> MEANINGS = meanings();

  private FieldMeanings() {}

  /**
   * The meanings of a field's values, right-aligned and unsigned, in their order; empty if the
   * field is not enumerated. Unmodifiable.
   */
  public static SortedMap<Integer, String> of(Bits field) {
    return MEANINGS.getOrDefault(field, Collections.emptySortedMap());
  }

  private static Map<Bits, SortedMap<Integer, String>> meanings() {
    Table table = new Table();
    registers(table);
    identification(table);
    streamTableEntry(table);
    contextDescriptor(table);
    commands(table);
    eventRecords(table);
    return Map.copyOf(table.rows);
  }

  private static void registers(Table table) {
    table.row(ControlFields.SMMUEN, "disabled: GBPA applies to every transaction", "enabled");
    table.row(ControlFields.PRIQEN, "disabled", "enabled");
    table.row(ControlFields.EVENTQEN, "disabled", "enabled");
    table.row(ControlFields.CMDQEN, "disabled", "enabled");
    table.row(
        ControlFields.ATSCHK,
        "translated transactions are not checked",
        "translated transactions are checked against their STE");
    for (Bits field :
        List.of(
            ControlFields.QUEUE_IC,
            ControlFields.QUEUE_OC,
            ControlFields.TABLE_IC,
            ControlFields.TABLE_OC)) {
      table.row(field, TABLE_CACHEABILITY);
    }
    table.row(ControlFields.QUEUE_SH, SHAREABILITY);
    table.row(ControlFields.TABLE_SH, SHAREABILITY);
    table.row(
        ControlFields.RECINVSID, "C_BAD_STREAMID is not recorded", "C_BAD_STREAMID is recorded");
    table.row(
        ControlFields.PTM,
        "broadcast TLB maintenance applies",
        "broadcast TLB maintenance is ignored");
    table.row(ControlFields.GBPA_ABORT, "transactions bypass", "transactions are aborted");
    table.row(ControlFields.GBPA_UPDATE, "no update is in progress", "an update is in progress");
    table.row(
        ControlFields.GBPA_SHCFG,
        "Non-shareable",
        "use the incoming shareability",
        "Outer Shareable",
        "Inner Shareable");
    table.row(InterruptFields.MSI_SH, SHAREABILITY);
    table.row(TableFields.STRTAB_FMT, "linear", "two-level");
    table.row(
        TableFields.STRTAB_SPLIT, Map.of(6, "4KB leaves", 8, "16KB leaves", 10, "64KB leaves"));
    for (CommandError error : CommandError.values()) {
      table.add(
          TableFields.CMDQ_CONS_ERR,
          error.code(),
          switch (error) {
            case CERROR_NONE -> error.name();
            case CERROR_ILL -> error + ": illegal or not supported command";
            case CERROR_ABT -> error + ": a command could not be read from memory";
            case CERROR_ATC_INV_SYNC -> error + ": an ATC invalidation timed out";
          });
    }
  }

  private static void identification(Table table) {
    table.row(IdField.TTF.bits(), Map.of(1, "VMSAv8-32 LPAE", 2, "VMSAv8-64", 3, "both formats"));
    table.row(
        IdField.HTTU.bits(),
        "none",
        "Access flag",
        "Access flag and dirty state",
        "Access flag, also of Table descriptors, and dirty state");
    table.row(IdField.TTENDIAN.bits(), Map.of(0, "either", 2, "little", 3, "big"));
    table.row(
        IdField.STALL_MODEL.bits(),
        "a fault stalls or terminates",
        "a fault terminates",
        "every fault that can stall does");
    table.row(
        IdField.TERM_MODEL.bits(),
        "CD.A selects abort or RAZ/WI",
        "a terminated transaction aborts");
    table.row(IdField.ST_LEVEL.bits(), "linear stream table", "linear or two-level stream table");
    table.row(
        IdField.NS1ATS.bits(), "split-stage ATS is supported", "split-stage ATS is not supported");
    table.row(IdField.VAX.bits(), "48 bits", "52 bits", "56 bits");
    sizes(table, IdField.OAS.bits());
  }

  private static void streamTableEntry(Table table) {
    table.row(SteFields.V, "invalid", "valid");
    for (int bits = 0; bits < 8; bits++) {
      table.add(
          SteFields.CONFIG,
          bits,
          switch (StreamTableEntry.Config.of(bits)) {
            case ABORT -> "abort, no event is recorded";
            case BYPASS -> "bypass both stages";
            case STAGE1 -> "stage 1 translates, stage 2 is bypassed";
            case STAGE2 -> "stage 1 is bypassed, stage 2 translates";
            case NESTED -> "stage 1 and stage 2 translate";
          });
    }
    table.row(
        SteFields.S1FMT,
        "linear CD table",
        "two-level CD table, 4KB leaves",
        "two-level CD table, 64KB leaves",
        "Reserved, as a linear CD table");
    table.row(
        SteFields.S1DSS,
        "without a SubstreamID: terminate",
        "without a SubstreamID: bypass stage 1",
        "without a SubstreamID: use CD 0");
    table.row(SteFields.S1CIR, CACHEABILITY);
    table.row(SteFields.S1COR, CACHEABILITY);
    table.row(SteFields.S1CSH, SHAREABILITY);
    table.row(SteFields.S1STALLD, "stalls are allowed", "a stage 1 fault never stalls");
    table.row(
        SteFields.EATS,
        "ATS is not used",
        "full ATS",
        "split-stage ATS",
        "full ATS with DPT checks");
    table.row(SteFields.STRW, Map.of(0, "NS-EL1", 2, "EL2, or EL2-E2H"));
    table.row(SteFields.MTCFG, "use the incoming memory type", "memory type by MemAttr");
    table.row(
        SteFields.SHCFG,
        "Non-shareable",
        "use the incoming shareability",
        "Outer Shareable",
        "Inner Shareable");
    table.row(SteFields.PRIVCFG, "use incoming", "use incoming", "Unprivileged", "Privileged");
    table.row(SteFields.INSTCFG, "use incoming", "use incoming", "Data", "Instruction");
    table.row(SteFields.S2TG, GRANULE);
    sizes(table, SteFields.S2PS);
    table.row(SteFields.S2SH0, SHAREABILITY);
    table.row(SteFields.S2IR0, CACHEABILITY);
    table.row(SteFields.S2OR0, CACHEABILITY);
    table.row(SteFields.S2AA64, "VMSAv8-32 LPAE", "VMSAv8-64");
    table.row(SteFields.S2ENDI, "little-endian", "big-endian");
  }

  private static void contextDescriptor(Table table) {
    table.row(CdFields.V, "invalid", "valid");
    table.row(CdFields.TG0, GRANULE);
    table.row(CdFields.TG1, Map.of(1, "16KB", 2, "4KB", 3, "64KB"));
    for (Bits field : List.of(CdFields.IR0, CdFields.OR0, CdFields.IR1, CdFields.OR1)) {
      table.row(field, CACHEABILITY);
    }
    table.row(CdFields.SH0, SHAREABILITY);
    table.row(CdFields.SH1, SHAREABILITY);
    table.row(CdFields.EPD0, "TTB0 is walked", "TTB0 is not walked");
    table.row(CdFields.EPD1, "TTB1 is walked", "TTB1 is not walked");
    table.row(CdFields.ENDI, "little-endian", "big-endian");
    table.row(CdFields.AA64, "VMSAv8-32 LPAE", "VMSAv8-64");
    sizes(table, CdFields.IPS);
  }

  private static void commands(Table table) {
    for (CommandOpcode opcode : CommandOpcode.values()) {
      table.add(CommandFields.OPCODE, opcode.code(), opcode.name());
    }
    table.row(CommandFields.LEAF1, "entries of every level", "entries of the last level only");
    table.row(CommandFields.SSV, "no SubstreamID", "SubstreamID is valid");
    table.row(CommandFields.TG1, Map.of(0, "no range", 1, "4KB", 2, "16KB", 3, "64KB"));
    table.row(
        CommandFields.CS,
        "no signal",
        "interrupt when it completes",
        "event (SEV) when it completes");
    table.row(CommandFields.MSH, SHAREABILITY);
    table.row(CommandFields.RESP1, "denied", "failed", "succeeded");
    table.row(CommandFields.ACTION, "terminate", "retry");
    table.row(CommandFields.ABORT, "RAZ/WI", "abort");
  }

  private static void eventRecords(Table table) {
    for (EventType type : EventType.values()) {
      table.add(EventFields.TYPE.bits(), type.code(), type.name());
    }
    table.row(EventFields.STALL.bits(), "terminated", "stalled");
    table.row(EventFields.PNU.bits(), "unprivileged", "privileged");
    table.row(EventFields.IND.bits(), "data", "instruction");
    table.row(EventFields.RNW.bits(), "write", "read");
    table.row(EventFields.S2.bits(), "stage 1", "stage 2");
    table.row(
        EventFields.CLASS.bits(),
        "of a CD fetch",
        "of a translation table walk",
        "of the input address");
  }

  private static void sizes(Table table, Bits field) {
    table.row(field, OutputAddressSize.BITS.stream().map(bits -> bits + " bits").toList());
  }

  /** Collects the rows. */
  private static final class Table {
    private final Map<Bits, SortedMap<Integer, String>> rows = new HashMap<>();

    void row(Bits field, String... byValue) {
      row(field, Arrays.asList(byValue));
    }

    void row(Bits field, List<String> byValue) {
      for (int value = 0; value < byValue.size(); value++) {
        add(field, value, byValue.get(value));
      }
    }

    void row(Bits field, Map<Integer, String> byValue) {
      byValue.forEach((value, meaning) -> add(field, value, meaning));
    }

    void add(Bits field, int value, String meaning) {
      if (!field.holds(value)) {
        throw new IllegalArgumentException(
            "%s: %d does not fit %d bits".formatted(field.name(), value, field.width()));
      }
      rows.computeIfAbsent(field, _ -> new TreeMap<>()).put(value, meaning);
    }
  }
}
