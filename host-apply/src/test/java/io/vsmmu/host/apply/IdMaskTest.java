package io.vsmmu.host.apply;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.host.SmmuIds;
import io.vsmmu.host.simulated.IdMask;
import io.vsmmu.smmu.spec.IdField;
import io.vsmmu.smmu.spec.IdRegisters;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The simulated host's masks agree with the architecture's field table, from which they are not
 * derived.
 */
class IdMaskTest {

  @ParameterizedTest
  @EnumSource(IdMask.class)
  void a_mask_sets_the_field_of_its_name_and_nothing_else(IdMask mask) {
    IdField field = IdField.valueOf(mask.name());
    int all = (int) (field.bits().mask() >>> field.bits().lsb());
    int[] words = new int[SmmuIds.IDR_COUNT];

    mask.set(words, -1);
    IdRegisters ids = HostIds.read(SmmuIds.ofIdr(words, 0, 0));

    assertThat(ids.get(field)).isEqualTo(all);
    assertThat(ids.word(field.register())).isEqualTo((int) field.bits().mask());
    assertThat(mask.get(words)).isEqualTo(all);
  }
}
