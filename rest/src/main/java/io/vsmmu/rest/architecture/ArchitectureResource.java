package io.vsmmu.rest.architecture;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.swagger.v3.oas.annotations.media.Schema;
import io.vsmmu.projections.view.Hex;
import io.vsmmu.smmu.bits.FieldTable;
import io.vsmmu.smmu.spec.CdFields;
import io.vsmmu.smmu.spec.CommandOpcode;
import io.vsmmu.smmu.spec.EventType;
import io.vsmmu.smmu.spec.FieldMeanings;
import io.vsmmu.smmu.spec.Register;
import io.vsmmu.smmu.spec.SteFields;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/** Every register and structure of the architecture that the service decodes. */
@Schema(
    name = "Architecture",
    description = "The fields of the architecture's registers and structures (IHI 0070)")
record ArchitectureResource(
    @Schema(description = "By name, in the order of their offsets")
        SequencedMap<String, RegisterFields> registers,
    @Schema(description = "The stream table entry, eight words (5.2)") List<FieldResource> ste,
    @Schema(description = "The context descriptor, eight words (5.4)") List<FieldResource> cd,
    @Schema(description = "Entries of the command queue, two words, by name (4.2 to 4.7)")
        SequencedMap<String, List<FieldResource>> commands,
    @Schema(description = "Event records, four words, by name (7.3)")
        SequencedMap<String, List<FieldResource>> records) {

  @Schema(name = "RegisterFields", description = "A register of the frame (6.2)")
  record RegisterFields(
      @Schema(description = "Bytes from the frame's beginning") String offset,
      @Schema(description = "32 or 64 bits") int width,
      @Schema(description = "Bits outside the fields are RES0") List<FieldResource> fields) {

    static RegisterFields of(Register register) {
      return new RegisterFields(
          Hex.of(register.offset()), register.widthBits(), rows(register.fields()));
    }
  }

  @Schema(name = "ArchitectureField", description = "A field of a register or structure")
  record FieldResource(
      String name,
      @Schema(description = "Index of the 64-bit word, from 0") int word,
      @Schema(description = "The field's highest bit within its word") int high,
      @Schema(description = "The field's lowest bit within its word") int low,
      @Schema(
              description =
                  "Whether the service shows the value in place, with the bits below the field as"
                      + " zeros, as for an address")
          boolean inPlace,
      @Schema(
              description =
                  "What values mean, by the number right-aligned; absent for a field that is not"
                      + " enumerated")
          @JsonInclude(JsonInclude.Include.NON_EMPTY)
          Map<Integer, String> values) {

    static FieldResource of(FieldTable.Field field) {
      return new FieldResource(
          field.name(),
          field.word(),
          field.bits().msb(),
          field.bits().lsb(),
          Hex.isInPlace(field),
          FieldMeanings.of(field.bits()));
    }
  }

  static ArchitectureResource whole() {
    SequencedMap<String, RegisterFields> registers = new LinkedHashMap<>();
    Arrays.stream(Register.values()).forEach(it -> registers.put(it.name(), RegisterFields.of(it)));
    SequencedMap<String, List<FieldResource>> commands = new LinkedHashMap<>();
    Arrays.stream(CommandOpcode.values()).forEach(it -> commands.put(it.name(), rows(it.fields())));
    SequencedMap<String, List<FieldResource>> records = new LinkedHashMap<>();
    Arrays.stream(EventType.values()).forEach(it -> records.put(it.name(), rows(it.fields())));
    return new ArchitectureResource(
        registers, rows(SteFields.TABLE), rows(CdFields.TABLE), commands, records);
  }

  private static List<FieldResource> rows(FieldTable table) {
    return table.fields().stream().map(FieldResource::of).toList();
  }
}
