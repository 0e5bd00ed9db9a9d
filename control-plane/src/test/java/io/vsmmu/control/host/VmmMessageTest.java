package io.vsmmu.control.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.vsmmu.control.host.VmmMessage.WrongMessageException;
import io.vsmmu.host.kernel.HostProblem;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a message to host.sock says of the descriptors that came with it. */
class VmmMessageTest {

  private static final String WHOLE =
      "{\"vm\":\"vm1\",\"iommufd\":0,\"ioas\":2,\"pid\":4711,\"devices\":[{\"vfio\":1,"
          + "\"vsmmu\":\"vm1-0\",\"sid\":\"0x10\",\"devid\":3,\"ats\":\"off\"},"
          + "{\"vfio\":2,\"sid\":24}]}";

  @Test
  void a_message_says_which_descriptor_is_what_and_where_the_devices_go() throws Exception {
    VmmMessage message = VmmMessage.parse(WHOLE, 3);

    assertThat(message)
        .isEqualTo(
            new VmmMessage(
                "vm1",
                OptionalInt.of(0),
                OptionalInt.of(2),
                OptionalInt.of(4711),
                List.of(
                    new VmmMessage.Device(
                        1, "vm1-0", OptionalInt.of(0x10), OptionalInt.of(3), "off"),
                    new VmmMessage.Device(
                        2, "", OptionalInt.of(24), OptionalInt.empty(), "auto"))));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[] | the message",
        "{ | the message",
        "{\"devices\":[{\"vfio\":1}]} | vm",
        "{\"vm\":7,\"devices\":[{\"vfio\":1}]} | vm",
        "{\"vm\":\"a\"} | devices",
        "{\"vm\":\"a\",\"devices\":[]} | devices",
        "{\"vm\":\"a\",\"devices\":[7]} | devices[0].vfio",
        "{\"vm\":\"a\",\"devices\":[{}]} | devices[0].vfio",
        "{\"vm\":\"a\",\"devices\":[{\"vfio\":3}]} | devices[0].vfio",
        "{\"vm\":\"a\",\"devices\":[{\"vfio\":-1}]} | devices[0].vfio",
        "{\"vm\":\"a\",\"devices\":[{\"vfio\":1},{\"vfio\":1}]} | devices[1].vfio",
        "{\"vm\":\"a\",\"iommufd\":1,\"devices\":[{\"vfio\":1}]} | devices[0].vfio",
        "{\"vm\":\"a\",\"iommufd\":\"0\",\"devices\":[{\"vfio\":1}]} | iommufd",
        "{\"vm\":\"a\",\"ioas\":0,\"devices\":[{\"vfio\":1}]} | ioas",
        "{\"vm\":\"a\",\"devices\":[{\"vfio\":1,\"sid\":\"0xg\"}]} | devices[0].sid",
        "{\"vm\":\"a\",\"devices\":[{\"vfio\":1,\"sid\":-1}]} | devices[0].sid",
        "{\"vm\":\"a\",\"devices\":[{\"vfio\":1,\"devid\":0}]} | devices[0].devid",
        "{\"vm\":\"a\",\"device\":1,\"devices\":[{\"vfio\":1}]} | device",
        "{\"vm\":\"a\",\"devices\":[{\"vfio\":1,\"fd\":1}]} | devices[0].fd"
      })
  void what_is_wrong_is_a_problem_that_names_the_field(String text, String field) {
    WrongMessageException wrong =
        catchThrowableOfType(WrongMessageException.class, () -> VmmMessage.parse(text.strip(), 3));

    assertThat(wrong.problem().kind()).isEqualTo(HostProblem.Kind.WRONG_MESSAGE);
    assertThat(wrong.problem().what().field()).isEqualTo(field.strip());
    assertThat(wrong.problem().what().remedy()).contains("docs/host.md");
  }

  /** Whatever the bytes are: a message, or a problem. */
  @Test
  void a_damaged_message_is_a_message_or_a_problem() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int i = 0; i < 5000; i++) {
      StringBuilder text = new StringBuilder(WHOLE);
      for (int changes = random.nextInt(4); changes >= 0; changes--) {
        text.setCharAt(random.nextInt(text.length()), (char) (' ' + random.nextInt(96)));
      }
      try {
        assertThat(VmmMessage.parse(text.toString(), 3).devices()).isNotEmpty();
      } catch (WrongMessageException wrong) {
        assertThat(wrong.problem().what().remedy()).as("seed %d: %s", seed, text).isNotBlank();
      }
    }
  }
}
