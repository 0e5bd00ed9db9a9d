package io.vsmmu.host.uapi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.vsmmu.host.HwInfo;
import io.vsmmu.host.InvalidationBatch;
import io.vsmmu.host.IommuContext;
import io.vsmmu.host.MapAccess;
import io.vsmmu.host.SmmuIds;
import io.vsmmu.host.Vevent;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Compares the tables with the kernel's own headers by the machine's C compiler. */
class UapiLayoutTest {

  /** The classes that hold structures. */
  private static final List<Class<?>> HOLDERS =
      List.of(
          IoasStructs.class,
          HwptStructs.class,
          HwInfoStructs.class,
          ViommuStructs.class,
          QueueStructs.class,
          VfioStructs.class);

  @TempDir Path scratch;

  @Test
  void sizes_offsets_numbers_and_constants_are_those_of_the_header() throws Exception {
    // given
    Optional<Path> include = UapiHeader.folder();
    assumeTrue(
        include.isPresent(),
        "no linux/iommufd.h of Linux 7.0 or later in /usr/include; name a folder that has one by "
            + UapiHeader.FOLDER);
    Optional<String> compiler = UapiHeader.compiler();
    assumeTrue(compiler.isPresent(), "no C compiler on the PATH");
    Map<String, Long> expectedValues = tables();

    // when
    List<String> printed =
        UapiHeader.run(compiler.get(), include.get(), program(expectedValues.keySet()), scratch);

    // then
    List<String> expected =
        expectedValues.entrySet().stream().map(e -> e.getKey() + "=" + e.getValue()).toList();
    assertThat(printed).isEqualTo(expected);
    assertThat(printed).hasSizeGreaterThan(150);
  }

  @Test
  void every_structure_of_the_package_is_compared() throws Exception {
    Set<CStruct> compared = structs();

    for (Ioctl request : Ioctl.values()) {
      assertThat(compared).contains(request.struct());
    }
    assertThat(compared).hasSize(28);
  }

  private static Set<CStruct> structs() throws IllegalAccessException {
    Set<CStruct> structs = new LinkedHashSet<>();
    for (Class<?> holder : HOLDERS) {
      for (Class<?> nested : holder.getDeclaredClasses()) {
        for (Field field : nested.getDeclaredFields()) {
          if (field.getType() == CStruct.class) {
            structs.add((CStruct) field.get(null));
          }
        }
      }
    }
    return structs;
  }

  /** C expressions, with the values that the tables give for them. */
  private static Map<String, Long> tables() throws IllegalAccessException {
    Map<String, Long> values = new LinkedHashMap<>();
    for (CStruct struct : structs()) {
      values.put("sizeof(struct %s)".formatted(struct.name()), struct.size());
      for (CStruct.Field field : struct.fields()) {
        String member = "struct %s, %s".formatted(struct.name(), field.name());
        values.put("offsetof(%s)".formatted(member), field.offset());
        values.put(
            "sizeof(((struct %s *)0)->%s)".formatted(struct.name(), field.name()),
            (long) field.width() * field.count());
      }
    }
    for (Ioctl request : Ioctl.values()) {
      values.put(request.name(), (long) request.request());
    }
    for (Field constant : UapiConstants.class.getDeclaredFields()) {
      if (Modifier.isPublic(constant.getModifiers())) {
        values.put(constant.getName(), constant.getLong(null));
      }
    }
    values.putAll(portConstants());
    return values;
  }

  private static Map<String, Long> portConstants() {
    return Map.ofEntries(
            Map.entry("IOMMU_HW_INFO_TYPE_NONE", (long) HwInfo.TYPE_NONE),
            Map.entry("IOMMU_HW_INFO_TYPE_ARM_SMMUV3", (long) HwInfo.TYPE_ARM_SMMUV3),
            Map.entry("IOMMU_HW_CAP_DIRTY_TRACKING", HwInfo.CAP_DIRTY_TRACKING),
            Map.entry("IOMMU_HW_CAP_PCI_PASID_EXEC", HwInfo.CAP_PCI_PASID_EXEC),
            Map.entry("IOMMU_HW_CAP_PCI_PASID_PRIV", HwInfo.CAP_PCI_PASID_PRIV),
            Map.entry("IOMMU_HW_CAP_PCI_ATS_NOT_SUPPORTED", HwInfo.CAP_PCI_ATS_NOT_SUPPORTED),
            Map.entry("IOMMU_IOAS_MAP_FIXED_IOVA", (long) MapAccess.FIXED_IOVA),
            Map.entry(
                "IOMMU_IOAS_MAP_FIXED_IOVA | IOMMU_IOAS_MAP_READABLE",
                (long) MapAccess.READ.flags()),
            Map.entry(
                "IOMMU_IOAS_MAP_FIXED_IOVA | IOMMU_IOAS_MAP_WRITEABLE",
                (long) MapAccess.WRITE.flags()),
            Map.entry(
                "IOMMU_HW_INFO_ARM_SMMUV3_ERRATA_REPEAT_TLBI_CFGI",
                (long) SmmuIds.ERRATA_REPEAT_TLBI_CFGI),
            Map.entry("IOMMU_VEVENTQ_TYPE_ARM_SMMUV3", (long) IommuContext.VEVENTQ_TYPE_ARM_SMMUV3),
            Map.entry("IOMMU_VEVENTQ_FLAG_LOST_EVENTS", (long) Vevent.FLAG_LOST_EVENTS),
            Map.entry(
                "sizeof(struct iommu_viommu_arm_smmuv3_invalidate) * 1",
                (long) InvalidationBatch.ENTRY_BYTES))
        .entrySet()
        .stream()
        .sorted(Map.Entry.comparingByKey())
        .collect(
            Collectors.toMap(
                Map.Entry::getKey, Map.Entry::getValue, (a, b) -> a, LinkedHashMap::new));
  }

  private static String program(Set<String> expressions) {
    List<String> lines = new ArrayList<>();
    lines.addAll(
        Arrays.asList(
            "#include <stddef.h>",
            "#include <stdio.h>",
            "#include <linux/iommufd.h>",
            "#include <linux/vfio.h>",
            "int main(void) {"));
    expressions.forEach(
        e -> lines.add("printf(\"%%s=%%lld\\n\", \"%s\", (long long)(%s));".formatted(e, e)));
    lines.add("return 0; }");
    return String.join("\n", lines) + "\n";
  }
}
