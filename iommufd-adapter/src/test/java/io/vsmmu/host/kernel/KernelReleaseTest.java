package io.vsmmu.host.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KernelReleaseTest {

  @ParameterizedTest
  @CsvSource({
    "7.3.4-lab, 7.3, true",
    "7.3, 7.4, false",
    "6.9.12-amd64, 6.19, false",
    "6.19-rc1, 6.19, true",
    "10.0.0, 6.19, true",
    "unknown, 6.2, false"
  })
  void releases_are_compared_as_numbers(String release, String wanted, boolean reached) {
    assertThat(new KernelRelease(release).atLeast(wanted)).isEqualTo(reached);
  }
}
