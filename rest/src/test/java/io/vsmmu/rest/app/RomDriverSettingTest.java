package io.vsmmu.rest.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code vsmmu.rom-driver}: the driver that the option ROMs bring. */
class RomDriverSettingTest {

  @TempDir Path folder;

  @Test
  void without_the_setting_it_is_the_one_that_is_built_in() {
    assertThat(VsmmuWiring.driver(null)).isNotNull();
  }

  @Test
  void a_file_that_is_no_driver_keeps_the_service_from_starting_and_is_named() throws IOException {
    Path text = Files.writeString(folder.resolve("driver.txt"), "x".repeat(1000));

    assertThatThrownBy(() -> VsmmuWiring.driver(text))
        .hasMessageContaining(text.toString())
        .hasMessageContaining("vsmmu.rom-driver")
        .hasMessageContaining("AArch64");
    assertThatThrownBy(() -> VsmmuWiring.driver(folder.resolve("nothing")))
        .hasMessageContaining("nothing");
  }
}
