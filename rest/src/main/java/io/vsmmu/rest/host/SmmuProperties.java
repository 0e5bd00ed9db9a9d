package io.vsmmu.rest.host;

import io.swagger.v3.oas.annotations.media.Schema;
import io.vsmmu.host.SmmuIds;
import io.vsmmu.host.apply.HostIds;
import io.vsmmu.smmu.spec.IdField;
import io.vsmmu.smmu.spec.IdRegisters;
import io.vsmmu.smmu.spec.IdRegisters.Granule;
import java.util.List;
import java.util.stream.Stream;

/** The ID registers of a physical SMMU, decoded, under the names of a vSMMU's properties. */
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

  static SmmuProperties of(SmmuIds raw) {
    IdRegisters ids = HostIds.read(raw);
    return new SmmuProperties(
        ids.ats(),
        ids.rangeInvalidation(),
        ids.oasBits(),
        ids.ssidSize(),
        ids.get(IdField.SIDSIZE),
        granules(ids),
        ids.bothStages(),
        ids.isSet(IdField.FWB),
        ids.isSet(IdField.ST_LEVEL),
        (raw.flags() & SmmuIds.ERRATA_REPEAT_TLBI_CFGI) != 0);
  }

  private static List<String> granules(IdRegisters ids) {
    return Stream.of(Granule.values())
        .filter(ids.granules()::contains)
        .map(
            granule ->
                switch (granule) {
                  case KB4 -> "4K";
                  case KB16 -> "16K";
                  case KB64 -> "64K";
                })
        .toList();
  }
}
