package io.vsmmu.control.rest.host;

import io.swagger.v3.oas.annotations.media.Schema;
import io.vsmmu.host.IdField;
import io.vsmmu.host.SmmuIds;
import java.util.List;
import java.util.stream.Stream;

/** The ID registers as values for a tool; the names of a vSMMU's properties are the same. */
@Schema(
    name = "PhysicalSmmuProperties",
    description =
        "What a vSMMU before devices of this SMMU can be given at most: ats, ril, oas and ssidsize"
            + " are named as its properties")
record SmmuProperties(
    @Schema(description = "Address translation services (IDR0.ATS)") boolean ats,
    @Schema(description = "Range invalidation (IDR3.RIL)") boolean ril,
    @Schema(description = "Output address bits (IDR5.OAS)", example = "48") int oas,
    @Schema(description = "SubstreamID bits, 0 for none (IDR1.SSIDSIZE)") int ssidsize,
    @Schema(description = "StreamID bits (IDR1.SIDSIZE)", example = "16") int sidsize,
    @Schema(description = "Translation granules (IDR5)", example = "[\"4K\",\"64K\"]")
        List<String> granules,
    @Schema(description = "Whether it translates in both stages (IDR0.S1P, S2P)") boolean nesting,
    @Schema(description = "Stage 2 forced write-back (IDR3.FWB)") boolean s2fwb,
    @Schema(description = "Two-level stream tables (IDR0.ST_LEVEL)") boolean twoLevelStreamTable,
    @Schema(
            description =
                "Whether an erratum makes the service issue TLBI and CFGI with CMD_SYNC twice")
        boolean repeatsInvalidations) {

  static SmmuProperties of(SmmuIds ids) {
    int[] idr = ids.idr();
    return new SmmuProperties(
        is(IdField.ATS, idr),
        is(IdField.RIL, idr),
        IdField.oasBits(IdField.OAS.get(idr)),
        IdField.SSIDSIZE.get(idr),
        IdField.SIDSIZE.get(idr),
        granules(idr),
        is(IdField.S1P, idr) && is(IdField.S2P, idr),
        is(IdField.FWB, idr),
        is(IdField.ST_LEVEL, idr),
        (ids.flags() & SmmuIds.ERRATA_REPEAT_TLBI_CFGI) != 0);
  }

  private static List<String> granules(int[] idr) {
    return Stream.of(IdField.GRAN4K, IdField.GRAN16K, IdField.GRAN64K)
        .filter(granule -> is(granule, idr))
        .map(granule -> granule.name().substring("GRAN".length()))
        .toList();
  }

  private static boolean is(IdField field, int[] idr) {
    return field.get(idr) != 0;
  }
}
