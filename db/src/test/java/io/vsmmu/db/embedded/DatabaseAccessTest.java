package io.vsmmu.db.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

@Tag("slow")
@Execution(ExecutionMode.CONCURRENT)
class DatabaseAccessTest {

  @TempDir static Path parent;

  private static EmbeddedDatabase server;

  @BeforeAll
  static void start() throws IOException {
    server = EmbeddedDatabase.start(parent.resolve("data"));
  }

  @AfterAll
  static void stop() throws IOException {
    server.close();
  }

  @Test
  void the_server_listens_on_no_tcp_port() throws Exception {
    assertThat(setting("listen_addresses")).isEmpty();
    Set<String> listening = new TreeSet<>();
    for (String table : List.of("tcp", "tcp6", "udp", "udp6")) {
      listening.addAll(inodes(Path.of("/proc/net", table)));
    }

    for (ProcessHandle process : processes()) {
      assertThat(sockets(process))
          .as("sockets of " + process.pid())
          .doesNotContainAnyElementsOf(listening);
    }
  }

  @Test
  void without_the_password_no_client_is_admitted_even_through_the_socket() {
    String without = server.jdbcUrl().replaceAll("password=[0-9a-f]+", "password=guessed");

    assertThat(without).isNotEqualTo(server.jdbcUrl());
    assertThatThrownBy(() -> DriverManager.getConnection(without))
        .isInstanceOf(SQLException.class)
        .hasMessageContaining("password authentication failed");
  }

  @Test
  void the_password_and_the_socket_are_for_the_owner_alone() throws Exception {
    Path data = parent.resolve("data");

    assertThat(mode(parent.resolve("data.password"))).isEqualTo("rw-------");
    assertThat(mode(parent.resolve("data.lock"))).isEqualTo("rw-------");
    assertThat(mode(data)).isEqualTo("rwx------");
    assertThat(mode(data.resolve(".s.PGSQL.5432"))).isEqualTo("rw-------");
    assertThat(Files.readString(data.resolve("pg_hba.conf"))).doesNotContain("trust");
  }

  @Test
  void only_the_owner_can_write_to_the_folder_of_the_programs() throws Exception {
    Path program = Files.readSymbolicLink(Path.of("/proc", pid(), "exe")).toRealPath();

    for (Path file = program; file != null; file = file.getParent()) {
      Set<PosixFilePermission> mode = Files.getPosixFilePermissions(file);
      boolean sticky = ((int) Files.getAttribute(file, "unix:mode") & 01000) != 0;
      assertThat(sticky || !mode.contains(PosixFilePermission.OTHERS_WRITE))
          .as(file + " " + PosixFilePermissions.toString(mode))
          .isTrue();
    }
    assertThat(mode(program.getParent().getParent())).isEqualTo("rwx------");
  }

  @Test
  void a_folder_that_a_stranger_prepared_is_refused() throws Exception {
    Path prepared = Files.createDirectory(parent.resolve("prepared"));
    org.junit.jupiter.api.Assumptions.assumeTrue(isRoot(), "only root can give a folder away");
    Files.setAttribute(prepared, "unix:uid", 65_534);

    assertThatThrownBy(() -> PrivateFolder.make(prepared))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("prepared")
        .hasMessageContaining("belongs to user");
  }

  @Test
  void an_own_folder_that_others_may_write_to_loses_that_permission() throws Exception {
    Path open = Files.createDirectory(parent.resolve("open"));
    Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxrwxrwx"));

    PrivateFolder.make(open);

    assertThat(mode(open)).isEqualTo("rwxr-xr-x");
  }

  @Test
  void what_is_at_the_place_of_a_folder_but_none_is_refused() throws Exception {
    Path file = Files.createFile(parent.resolve("file"));

    assertThatThrownBy(() -> PrivateFolder.make(file)).isInstanceOf(IOException.class);
  }

  @Test
  void data_too_deep_for_a_socket_have_it_in_a_private_folder() throws Exception {
    Path deep = parent.resolve("d".repeat(100)).resolve("e".repeat(100)).resolve("data");
    Path folder;
    try (EmbeddedDatabase far = EmbeddedDatabase.start(deep)) {
      try (Connection connection = far.dataSource().getConnection()) {
        assertThat(connection.isValid(5)).isTrue();
      }
      folder = Path.of(Files.readAllLines(deep.resolve("postmaster.pid")).get(4));
      assertThat(mode(folder)).isEqualTo("rwx------");
      assertThat(folder).isNotEqualTo(deep);
    }
    assertThat(folder).doesNotExist();
  }

  @Test
  void data_of_a_time_without_password_get_one() throws Exception {
    Path data = parent.resolve("old");
    EmbeddedDatabase.start(data).close();
    Files.delete(parent.resolve("old.password"));
    Files.writeString(
        data.resolve("pg_hba.conf"), "local all all trust\nhost all all samehost trust\n");

    try (EmbeddedDatabase old = EmbeddedDatabase.start(data);
        Connection connection = old.dataSource().getConnection()) {
      assertThat(connection.isValid(5)).isTrue();
      assertThat(Files.readString(data.resolve("pg_hba.conf"))).doesNotContain("trust");
      assertThat(mode(parent.resolve("old.password"))).isEqualTo("rw-------");
    }
  }

  @Test
  void data_whose_making_was_cut_off_are_made_again() throws Exception {
    Path data = Files.createDirectory(parent.resolve("torn"));
    Files.writeString(parent.resolve("torn.password.initdb"), "x");
    Files.writeString(data.resolve("PG_VERSION"), "18");

    try (EmbeddedDatabase made = EmbeddedDatabase.start(data);
        Connection connection = made.dataSource().getConnection()) {
      assertThat(connection.isValid(5)).isTrue();
    }
  }

  @Test
  void a_folder_with_files_that_are_no_data_is_refused_and_keeps_them() throws Exception {
    Path data = Files.createDirectory(parent.resolve("foreign"));
    Path letter = Files.writeString(data.resolve("letter.txt"), "x");

    assertThatThrownBy(() -> EmbeddedDatabase.start(data))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(data.toString())
        .hasMessageContaining("PG_VERSION");

    assertThat(letter).hasContent("x");
    assertThat(parent.resolve("foreign.password.initdb")).doesNotExist();
  }

  @Test
  void a_symbolic_link_of_another_user_is_refused_anywhere_in_the_path() throws Exception {
    org.junit.jupiter.api.Assumptions.assumeTrue(isRoot(), "only root can give a link away");
    Path target = Files.createDirectory(parent.resolve("target"));
    Path link = Files.createSymbolicLink(parent.resolve("link"), target);
    Path relative = Files.createSymbolicLink(parent.resolve("relative"), Path.of("link", "below"));

    PrivateFolder.make(link.resolve("below"));
    PrivateFolder.make(relative);
    Files.getFileAttributeView(
            link, java.nio.file.attribute.PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
        .setOwner(stranger());

    for (Path way : List.of(link, link.resolve("new"), relative)) {
      assertThatThrownBy(() -> PrivateFolder.make(way))
          .as(way.toString())
          .isInstanceOf(PrivateFolder.UntrustedFolderException.class)
          .hasMessageContaining(link.toString())
          .hasMessageContaining("symbolic link of user");
    }
    assertThat(target.resolve("new")).doesNotExist();
  }

  @Test
  void below_a_folder_in_which_everybody_may_write_nothing_is_made_unless_it_is_sticky()
      throws Exception {
    Path open = Files.createDirectory(parent.resolve("everybodys"));
    Files.setAttribute(open, "unix:mode", 0777);

    for (Path below : List.of(open.resolve("data"), open.resolve("some/data"))) {
      assertThatThrownBy(() -> PrivateFolder.make(below))
          .isInstanceOf(PrivateFolder.UntrustedFolderException.class)
          .hasMessageContaining(open.toString())
          .hasMessageContaining("everybody may write");
    }
    assertThat(open).isEmptyDirectory();

    Files.setAttribute(open, "unix:mode", 01777);
    assertThat(PrivateFolder.make(open.resolve("some/data"))).isDirectory();
  }

  @Test
  void a_folder_of_another_user_in_the_path_is_reported() throws Exception {
    org.junit.jupiter.api.Assumptions.assumeTrue(isRoot(), "only root can give a folder away");
    Path theirs = Files.createDirectory(parent.resolve("theirs"));
    Path data = theirs.resolve("data");
    assertThat(PrivateFolder.foreignOwnerAbove(data)).isEmpty();

    Files.setOwner(theirs, stranger());

    assertThat(PrivateFolder.foreignOwnerAbove(data).orElseThrow())
        .contains(theirs + " belongs to user");
  }

  private static java.nio.file.attribute.UserPrincipal stranger() throws IOException {
    return parent.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName("nobody");
  }

  private static boolean isRoot() throws IOException {
    return Files.getAttribute(parent, "unix:uid").equals(0);
  }

  private static String pid() throws IOException {
    return Files.readAllLines(parent.resolve("data/postmaster.pid")).getFirst().strip();
  }

  private static List<ProcessHandle> processes() throws IOException {
    ProcessHandle postmaster = ProcessHandle.of(Long.parseLong(pid())).orElseThrow();
    return Stream.concat(Stream.of(postmaster), postmaster.descendants()).toList();
  }

  /** Those of a process; a worker of PostgreSQL may have ended meanwhile. */
  private static List<String> sockets(ProcessHandle process) throws IOException {
    List<String> found = new ArrayList<>();
    try (Stream<Path> descriptors = Files.list(Path.of("/proc/" + process.pid() + "/fd"))) {
      for (Path descriptor : descriptors.toList()) {
        String target = Files.readSymbolicLink(descriptor).toString();
        if (target.startsWith("socket:")) {
          found.add(target.replaceAll("[^0-9]", ""));
        }
      }
    } catch (NoSuchFileException ended) {
      assertThat(pid()).isNotEqualTo(String.valueOf(process.pid()));
    }
    return found;
  }

  private static List<String> inodes(Path table) throws IOException {
    return Files.readAllLines(table).stream()
        .skip(1)
        .map(line -> line.strip().split("\\s+")[9])
        .toList();
  }

  private static String mode(Path file) throws IOException {
    return PosixFilePermissions.toString(
        Files.getPosixFilePermissions(file, LinkOption.NOFOLLOW_LINKS));
  }

  private static String setting(String name) throws Exception {
    try (Connection connection = server.dataSource().getConnection();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SHOW " + name)) {
      row.next();
      return row.getString(1);
    }
  }
}
