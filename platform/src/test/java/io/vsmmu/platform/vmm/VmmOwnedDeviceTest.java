package io.vsmmu.platform.vmm;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VmmOwnedDeviceTest {

  @Test
  void a_text_says_address_streamid_vsmmu_and_properties() {
    assertThat(VmmOwnedDevice.parse("0000:01:00.0=0x901@vm-1,bus=port1,rombar=0"))
        .contains(
            new VmmOwnedDevice("0000:01:00.0", 0x901, "vm-1", List.of("bus=port1", "rombar=0")));
    assertThat(VmmOwnedDevice.parse("0000:01:00.0=016").orElseThrow().streamId()).isEqualTo(16);
    assertThat(VmmOwnedDevice.parse("0000:01:00.0=08").orElseThrow().streamId()).isEqualTo(8);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "0000:01:00.0",
        "0000:01:00.0=",
        "01:00.0=0x10",
        "0000:01:00.0=0x",
        "0000:01:00.0=0x123456789",
        "0000:01:00.0=0x10,",
        "0000:01:00.0=0x10,rombar",
        "0000:01:00.8=0x10"
      })
  void what_has_not_the_form_is_none(String text) {
    assertThat(VmmOwnedDevice.parse(text)).isEmpty();
  }

  /** Seeded; a failure prints the seed. */
  @Test
  void what_is_written_is_read_back() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int i = 0; i < 2000; i++) {
      VmmOwnedDevice device =
          new VmmOwnedDevice(
              "%04x:%02x:%02x.%d"
                  .formatted(
                      random.nextInt(0x10000),
                      random.nextInt(0x100),
                      random.nextInt(0x20),
                      random.nextInt(8)),
              random.nextInt(0x1000_0000),
              random.nextBoolean() ? "" : "vm-" + random.nextInt(9),
              IntStream.range(0, random.nextInt(3)).mapToObj(n -> "p" + n + "=v" + n).toList());

      assertThat(VmmOwnedDevice.parse(device.text()))
          .as("seed %d", seed)
          .isEqualTo(Optional.of(device));
    }
  }

  @Test
  void a_device_on_another_bus_than_the_first_has_to_name_it() {
    assertThat(VmmOwnedDevice.parse("0000:01:00.0=0x900").orElseThrow().lacksBus()).isTrue();
    assertThat(VmmOwnedDevice.parse("0000:01:00.0=0x900,bus=p").orElseThrow().lacksBus()).isFalse();
    assertThat(VmmOwnedDevice.parse("0000:01:00.0=0xf8").orElseThrow().lacksBus()).isFalse();
  }
}
