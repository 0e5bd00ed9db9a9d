package io.vsmmu.projections.lint;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RuleRunTest {

  @Test
  void the_state_of_a_checker_is_written_into_the_checkpoint() {
    for (Object part : new RuleRun().parts().values()) {
      for (Field field : part.getClass().getDeclaredFields()) {
        if (!Modifier.isStatic(field.getModifiers())
            && field.getType() != FindingReport.Builder.class) {
          assertThat(field.isAnnotationPresent(JsonProperty.class)).as("%s", field).isTrue();
        }
      }
    }
  }

  @Test
  void what_cannot_be_read_back_is_no_run() {
    byte[] written = new RuleRun().encode();

    assertThat(RuleRun.decode(written, position -> Optional.empty())).isPresent();
    assertThat(RuleRun.decode(new byte[] {'{'}, position -> Optional.empty())).isEmpty();
    assertThat(
            RuleRun.decode(
                "{\"progress\":{\"other\":1}}".getBytes(java.nio.charset.StandardCharsets.UTF_8),
                position -> Optional.empty()))
        .isEmpty();
  }
}
