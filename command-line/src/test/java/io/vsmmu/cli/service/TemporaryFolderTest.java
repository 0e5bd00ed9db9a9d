package io.vsmmu.cli.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TemporaryFolderTest {

  @TempDir private Path parent;

  @Test
  void what_a_service_left_in_its_own_folder_is_removed() throws IOException {
    Path folder = TemporaryFolder.emptied(parent.resolve("tmp"));
    Files.createDirectories(folder.resolve("anything/below"));

    TemporaryFolder.emptied(folder);

    assertThat(folder).isDirectoryContaining("glob:**/.vsmmu");
    assertThat(folder.resolve("anything")).doesNotExist();
  }

  @Test
  void what_earlier_versions_left_is_removed() throws IOException {
    Path folder = Files.createDirectory(parent.resolve("tmp"));
    Files.createDirectories(folder.resolve("tomcat/work"));
    Files.writeString(folder.resolve("jffi123.so"), "x");

    TemporaryFolder.emptied(folder);

    assertThat(folder.resolve("tomcat")).doesNotExist();
    assertThat(folder.resolve("jffi123.so")).doesNotExist();
  }

  @Test
  void a_folder_with_files_of_others_is_refused_and_keeps_all_of_them() throws IOException {
    Path folder = Files.createDirectory(parent.resolve("tmp"));
    Path letter = Files.writeString(folder.resolve("letter.txt"), "x");
    Path library = Files.writeString(folder.resolve("jffi123.so"), "x");

    assertThatThrownBy(() -> TemporaryFolder.emptied(folder))
        .isInstanceOf(TemporaryFolder.Foreign.class)
        .hasMessageContaining(folder.toString())
        .hasMessageContaining("letter.txt");

    assertThat(letter).hasContent("x");
    assertThat(library).hasContent("x");
  }

  @Test
  void what_a_link_in_it_names_stays() throws IOException {
    Path elsewhere = Files.createDirectory(parent.resolve("elsewhere"));
    Path letter = Files.writeString(elsewhere.resolve("letter.txt"), "x");
    Path folder = TemporaryFolder.emptied(parent.resolve("tmp"));
    Files.createSymbolicLink(folder.resolve("link"), elsewhere);

    TemporaryFolder.emptied(folder);

    assertThat(letter).hasContent("x");
    assertThat(folder.resolve("link")).doesNotExist();
  }
}
