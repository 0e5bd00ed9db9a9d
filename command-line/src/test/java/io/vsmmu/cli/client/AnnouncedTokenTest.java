package io.vsmmu.cli.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AnnouncedTokenTest {

  private static final URI SERVICE = URI.create("http://127.0.0.1:8080");

  @TempDir private Path runtime;

  private Map<String, String> environment() {
    return Map.of("XDG_RUNTIME_DIR", runtime.toString());
  }

  private Path written(AnnouncedToken token) {
    return token.write(AnnouncedToken.paths(SERVICE, environment())).orElseThrow();
  }

  /** What a command of the same user sends; empty if it finds no token. */
  private String sent() {
    return ServiceToken.find(SERVICE, null, environment()).authorization().orElse("");
  }

  /** The token of a service whose process has ended and left its file. */
  private static AnnouncedToken ofKilledProcess() throws IOException, InterruptedException {
    Process process = new ProcessBuilder("sleep", "600").start();
    Instant started = process.info().startInstant().orElseThrow();
    process.destroyForcibly().waitFor();
    return new AnnouncedToken("stale", process.pid(), started);
  }

  @Test
  void the_file_and_its_folder_are_the_users_own_and_nothing_else_is_left() throws IOException {
    Path file = written(AnnouncedToken.ofThisProcess("secret"));

    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    Path folder = file.resolveSibling("");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder)))
        .isEqualTo("rwx------");
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).containsExactly(file);
    }
    assertThat(sent()).isEqualTo("Bearer secret");
  }

  @Test
  void the_file_is_removed_when_its_service_ends() {
    AnnouncedToken token = AnnouncedToken.ofThisProcess("secret");
    Path file = written(token);

    token.remove(file);

    assertThat(file).doesNotExist();
    assertThat(sent()).isEmpty();
  }

  @Test
  void a_service_that_ends_leaves_the_file_that_another_one_has_written_since() {
    AnnouncedToken earlier = AnnouncedToken.ofThisProcess("earlier");
    Path file = written(earlier);
    written(AnnouncedToken.ofThisProcess("later"));

    earlier.remove(file);

    assertThat(sent()).isEqualTo("Bearer later");
  }

  @Test
  void the_token_of_a_killed_service_is_not_sent_to_what_listens_there_next()
      throws IOException, InterruptedException {
    Path file = written(ofKilledProcess());

    assertThat(file).exists();
    assertThat(sent()).isEmpty();
  }

  @Test
  void a_process_that_has_the_number_of_a_killed_service_is_not_taken_for_it() {
    ProcessHandle self = ProcessHandle.current();
    Instant before = self.info().startInstant().orElseThrow().minusSeconds(60);

    written(new AnnouncedToken("stale", self.pid(), before));

    assertThat(sent()).isEmpty();
  }

  @Test
  void the_next_service_replaces_the_file_of_a_killed_one()
      throws IOException, InterruptedException {
    Path stale = written(ofKilledProcess());

    Path file = written(AnnouncedToken.ofThisProcess("secret"));

    assertThat(file).isEqualTo(stale);
    assertThat(sent()).isEqualTo("Bearer secret");
  }

  @Test
  void a_file_that_was_cut_off_or_is_something_else_holds_no_token() throws IOException {
    Path file = written(AnnouncedToken.ofThisProcess("secret"));
    String whole = Files.readString(file);

    for (String text :
        List.of("", whole.replaceAll("pid=.*", ""), whole.replaceAll("started=.*", "started=x"))) {
      Files.writeString(file, text);

      assertThat(sent()).as(text).isEmpty();
    }
  }
}
