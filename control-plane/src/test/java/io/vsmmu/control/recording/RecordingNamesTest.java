package io.vsmmu.control.recording;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.control.recording.RecordingService.Format;
import io.vsmmu.control.request.VsmmuNames;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RecordingNamesTest {

  @ParameterizedTest
  @CsvSource({
    "boot.trace, boot",
    "boot.trace.log, boot",
    "boot.trace.gz, boot",
    "boot.trace.log.zst, boot",
    "BOOT.LOG, boot",
    "my file (1).log, my-file-1",
    "/var/log/qemu/guest_7.log, guest_7",
    "C:\\traces\\vm.txt, vm",
    "qemu-11.1.3-boot.trace, qemu-11.1.3-boot",
    "-._x_.-.log, x",
    "größe.trace, gr-e",
    "日本.log, recording",
    ".log, recording",
  })
  void one_vsmmu_is_called_after_the_file(String file, String name) {
    assertThat(RecordingNames.of(null, file, 1)).containsExactly(name);
  }

  @Test
  void several_get_letters_in_the_order_of_their_first_access() {
    assertThat(RecordingNames.of(null, "boot.trace", 2)).containsExactly("boot-a", "boot-b");
    assertThat(RecordingNames.of("guest", "boot.trace", 3))
        .containsExactly("guest-a", "guest-b", "guest-c");
    assertThat(RecordingNames.of(null, null, 28)).endsWith("recording-aa", "recording-ab");
  }

  @Test
  void names_with_commas_name_the_vsmmus_one_by_one_and_what_is_left_after_the_last() {
    assertThat(RecordingNames.of("x,y", "boot.trace", 2)).containsExactly("x", "y");
    assertThat(RecordingNames.of("x,y", "boot.trace", 3)).containsExactly("x", "y", "y-c");
    assertThat(RecordingNames.of("x,y", "boot.trace", 1)).containsExactly("x");
  }

  @Test
  void whatever_a_file_is_called_its_vsmmus_have_names_that_are_allowed() {
    for (long seed = 0; seed < 500; seed++) {
      Random random = new Random(seed);
      StringBuilder file = new StringBuilder();
      random.ints(random.nextInt(200), 0, 0x250).forEach(c -> file.append((char) c));

      List<String> names = RecordingNames.of(null, file.toString(), 30);

      assertThat(names)
          .as("seed %d", seed)
          .doesNotHaveDuplicates()
          .allMatch(name -> VsmmuNames.allows(name + "-9999"));
    }
  }

  @Test
  void a_file_that_is_called_like_an_id_gives_a_name_that_is_none() {
    String id = "01234567-89ab-cdef-0123-456789abcdef";

    assertThat(RecordingNames.of(null, id + ".trace.gz", 1)).containsExactly("recording-" + id);
    assertThat(RecordingNames.refusal("a," + id, Format.QEMU_TRACE)).isPresent();
  }

  @Test
  void names_that_are_not_allowed_are_refused_and_an_export_has_one() {
    assertThat(RecordingNames.refusal(null, Format.QEMU_TRACE)).isEmpty();
    assertThat(RecordingNames.refusal("a,b", Format.QEMU_TRACE)).isEmpty();
    assertThat(RecordingNames.refusal("a,,b", Format.QEMU_TRACE)).isPresent();
    assertThat(RecordingNames.refusal("A", Format.QEMU_TRACE)).isPresent();
    assertThat(RecordingNames.refusal("a", Format.VSMMU)).isEmpty();
    assertThat(RecordingNames.refusal("a,b", Format.VSMMU))
        .hasValueSatisfying(
            refused -> {
              assertThat(refused.problem().given()).isEqualTo("a,b");
              assertThat(refused.problem().allowed()).contains("an export is of one vSMMU");
            });
  }
}
