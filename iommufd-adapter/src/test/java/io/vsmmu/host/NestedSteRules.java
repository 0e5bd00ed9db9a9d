package io.vsmmu.host;

import io.vsmmu.posix.Errno;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The fields that a guest may set in its STE: arm-smmu-v3-iommufd.c, arm_smmu_validate_vste. */
public interface NestedSteRules extends HostUnderTest {

  @ParameterizedTest
  @ValueSource(longs = {STE_ABORT, STE_BYPASS, STE_TRANSLATE})
  default void abort_bypass_and_translate_are_accepted(long ste0) {
    assertOk(nested(guest(), ste0, 0));
  }

  @Test
  default void invalid_ste_is_accepted_whatever_else_it_holds() {
    assertOk(nested(guest(), -2L, -1L));
  }

  @ParameterizedTest
  @ValueSource(ints = {52, 53, 58})
  default void bit_of_word_0_beyond_the_allowed_is_refused(int bit) {
    assertRefused(nested(guest(), STE_TRANSLATE | 1L << bit, 0), Errno.EIO);
  }

  @ParameterizedTest
  @ValueSource(ints = {8, 26, 30, 32, 44, 63})
  default void bit_of_word_1_beyond_the_allowed_is_refused(int bit) {
    assertRefused(nested(guest(), STE_TRANSLATE, 1L << bit), Errno.EIO);
  }

  @Test
  default void every_allowed_bit_is_accepted() {
    long s1Fmt = 0b11L << 4;
    long contextPtr = (1L << 52) - (1L << 6);
    long s1CdMax = 0b11111L << 59;
    long attributes = 0xFF;
    long s1Stalld = 1L << 27;
    long eatsTranslate = 1L << 28;
    assertOk(
        nested(
            guest(),
            STE_TRANSLATE | s1Fmt | contextPtr | s1CdMax,
            attributes | s1Stalld | eatsTranslate));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 6, 7})
  default void config_that_is_not_abort_bypass_or_stage_1_is_refused(int config) {
    assertRefused(nested(guest(), 1L | (long) config << 1, 0), Errno.EIO);
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3})
  default void eats_beyond_1_is_refused(int eats) {
    assertRefused(nested(guest(), STE_TRANSLATE, (long) eats << 28), Errno.EIO);
  }

  @Test
  default void nested_hwpt_takes_no_flags() {
    Guest guest = guest();
    assertRefused(
        context().allocNestedHwpt(guest.dev(), guest.viommu(), 1, STE_ABORT, 0), Errno.EOPNOTSUPP);
  }

  @Test
  default void nested_hwpt_needs_device_and_viommu() {
    Guest guest = guest();
    assertRefused(
        context().allocNestedHwpt(guest.s2(), guest.viommu(), 0, STE_ABORT, 0), Errno.ENOENT);
    assertRefused(
        context().allocNestedHwpt(guest.dev(), guest.dev(), 0, STE_ABORT, 0), Errno.EINVAL);
    assertRefused(context().allocNestedHwpt(guest.dev(), 99, 0, STE_ABORT, 0), Errno.EINVAL);
  }
}
