package io.vsmmu.smmu.stimulus;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RecordedHostCallTest {

  private static RecordedHostCall call(String name, int result) {
    return new RecordedHostCall(name, "", 0, result, 1);
  }

  @ParameterizedTest
  @CsvSource({
    "iommufd_backend_map_dma, 0, false",
    "iommufd_backend_map_dma, -1, true",
    "iommufd_backend_invalidate_cache, -5, true",
    "iommufd_backend_unmap_dma_non_exist, -1, false"
  })
  void unmapping_what_is_not_mapped_is_no_failure(String name, int result, boolean failed) {
    assertThat(call(name, result).failed()).isEqualTo(failed);
  }

  @Test
  void the_result_of_a_system_call_is_not_taken_for_an_errno() {
    assertThat(call("iommufd_backend_map_dma", -1).failure()).doesNotContain("EPERM");
    assertThat(call("iommufd_backend_invalidate_cache", -5).failure()).startsWith("EIO");
  }
}
