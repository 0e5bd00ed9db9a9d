package io.vsmmu.control.host;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.host.KernelSupport.Feature;
import io.vsmmu.host.kernel.HostProblem;
import io.vsmmu.host.kernel.KernelHostLimits;
import io.vsmmu.posix.PosixLimits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** docs/host.md says what the code does. */
class HostPageTest {

  private static final Pattern ROW =
      Pattern.compile("(?m)^\\| `([A-Z_0-9]+)` \\|(?: (\\d\\.\\d+) \\|)?");

  private static String page() throws IOException {
    return Files.readString(Path.of("../docs/host.md"));
  }

  @Test
  void every_feature_has_its_row_with_its_release_and_every_kind_of_problem_has_one()
      throws IOException {
    List<MatchResult> rows = ROW.matcher(page()).results().toList();

    assertThat(rows.stream().filter(r -> r.group(2) != null).map(r -> r.group(1) + r.group(2)))
        .containsExactlyElementsOf(
            Arrays.stream(Feature.values()).map(f -> f.name() + f.since()).toList());
    assertThat(rows.stream().filter(r -> r.group(2) == null).map(r -> r.group(1)))
        .containsExactlyInAnyOrderElementsOf(
            Arrays.stream(HostProblem.Kind.values()).map(Enum::name).toList());
  }

  @Test
  void the_bounds_are_those_of_the_code() throws IOException {
    assertThat(page())
        .contains("at most %d wait".formatted(KernelHostLimits.OFFERED_DEVICES))
        .contains("up to %d descriptors".formatted(PosixLimits.DESCRIPTORS))
        .contains("%d connections at a time".formatted(LocalHostLimits.CONNECTIONS))
        .contains("silent for %d seconds".formatted(LocalHostLimits.SILENCE.toSeconds()));
  }
}
