package io.vsmmu.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.vsmmu.db.log.AppendDurability;
import io.vsmmu.db.log.ChainVerdict.Intact;
import io.vsmmu.db.log.EventLogLimits;
import io.vsmmu.db.log.RegisteredVsmmu;
import io.vsmmu.db.write.JournalSettings;
import io.vsmmu.journal.JournalBoundary;
import io.vsmmu.journal.JournalLimits;
import io.vsmmu.journal.JournalRecovery;
import io.vsmmu.journal.JournalRefusedException;
import io.vsmmu.testing.TestPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Which journal belongs to which database, and what is missing if one of them is a copy. */
class JournalOpeningTest {

  private static final JournalLimits SMALL = new JournalLimits(1 << 20, 8, 1);

  @TempDir Path directory;

  private final String url = TestPostgres.newDatabase();

  @Test
  void what_the_database_lacked_at_a_kill_is_in_it_when_the_log_opens_again() throws Exception {
    // given a service that is killed while its database takes nothing
    Path copy = directory.resolve("copy");
    RegisteredVsmmu vsmmu;
    try (EventDatabase database = open(url, directory.resolve("journal"))) {
      vsmmu = ConcurrentLogTest.register(database);
      append(database, vsmmu, 0, 10);
      database.writer().awaitShipped(10);
      TestLog.refuseRows(url, "not now");
      append(database, vsmmu, 10, 5);
      copyOf(directory.resolve("journal"), copy);
      // when it is closed, the tail stays in the journal
    }
    TestLog.acceptRows(url);

    // then
    try (EventDatabase database = open(url, copy)) {
      assertThat(database.log().headPosition()).isEqualTo(15);
      append(database, vsmmu, 15, 1);
      assertThat(database.log().lastSequence(vsmmu.id())).hasValue(15);
      assertThat(database.verifier().verify(vsmmu.id()))
          .isInstanceOfSatisfying(
              Intact.class, intact -> assertThat(intact.events()).isEqualTo(16));
    }
  }

  @Test
  void a_damaged_identity_of_the_only_segment_hides_no_acknowledged_event() throws Exception {
    // given a killed service whose database lacks a part of the journal
    Path killed = directory.resolve("killed");
    RegisteredVsmmu vsmmu;
    try (EventDatabase database = open(url, directory.resolve("journal"))) {
      vsmmu = ConcurrentLogTest.register(database);
      append(database, vsmmu, 0, 3);
      database.writer().awaitShipped(3);
      TestLog.refuseRows(url, "not now");
      append(database, vsmmu, 3, 2);
      copyOf(directory.resolve("journal"), killed);
    }
    TestLog.acceptRows(url);
    damage(killed.resolve("000001.segment"), 20);
    // then
    try (EventDatabase database = open(url, killed)) {
      assertThat(database.log().lastSequence(vsmmu.id())).hasValue(4);
    }
  }

  @Test
  void a_refusal_names_the_file_in_which_nothing_can_be_read() throws Exception {
    Path killed = directory.resolve("killed");
    try (EventDatabase database = open(url, directory.resolve("journal"))) {
      append(database, ConcurrentLogTest.register(database), 0, 3);
      copyOf(directory.resolve("journal"), killed);
      database.writer().awaitShipped(3);
      TestLog.refuseRows(url, "not now");
      append(database, ConcurrentLogTest.register(database), 0, 1);
    }
    TestLog.acceptRows(url);
    // given a journal of which the header and every frame are damaged
    Path file = killed.resolve("000001.segment");
    for (int at = 16; at < 4096; at += 8) {
      damage(file, at);
    }
    assertThatThrownBy(() -> open(url, killed))
        .isInstanceOf(JournalRefusedException.class)
        .hasMessageContaining("unless it is in " + file)
        .hasMessageContaining("--accept-journal-loss");
  }

  private static void damage(Path file, int offset) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    bytes[offset] ^= 1;
    Files.write(file, bytes);
  }

  @ParameterizedTest
  @EnumSource(names = {"BINDING", "BOUND", "SHIPPING"})
  void an_opening_that_fails_leaves_the_directory_and_the_database_to_the_next(JournalBoundary at) {
    // given a tail that the database lacks
    Path journal = directory.resolve("journal");
    RegisteredVsmmu vsmmu;
    try (EventDatabase database = open(url, journal)) {
      vsmmu = ConcurrentLogTest.register(database);
      append(database, vsmmu, 0, 3);
      database.writer().awaitShipped(3);
      TestLog.refuseRows(url, "not now");
      append(database, vsmmu, 3, 2);
    }
    TestLog.acceptRows(url);
    // when
    JournalSettings failing =
        new JournalSettings(
            journal,
            SMALL,
            false,
            boundary -> {
              if (boundary == at) {
                throw new IllegalStateException("failed at " + at);
              }
            });
    assertThatThrownBy(() -> EventDatabase.open(url, failing, EventLogLimits.DEFAULTS))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("failed at");
    // then
    try (EventDatabase database = open(url, journal)) {
      assertThat(database.log().lastSequence(vsmmu.id())).hasValue(4);
    }
  }

  @Test
  void a_journal_of_another_database_is_refused_and_neither_is_changed() throws Exception {
    Path journal = directory.resolve("journal");
    try (EventDatabase database = open(url, journal)) {
      append(database, ConcurrentLogTest.register(database), 0, 3);
    }
    List<Path> before = files(journal);

    String other = TestPostgres.newDatabase();
    assertThatThrownBy(() -> open(other, journal))
        .isInstanceOf(JournalRefusedException.class)
        .hasMessageContaining("another database")
        .hasMessageContaining("--journal-dir");

    try (EventDatabase ofOther = open(other, directory.resolve("new"))) {
      append(ofOther, ConcurrentLogTest.register(ofOther), 0, 3);
    }
    assertThatThrownBy(() -> open(other, journal))
        .isInstanceOf(JournalRefusedException.class)
        .hasMessageContaining("through which this database is written");
    assertThat(files(journal)).isEqualTo(before);
    open(url, journal).close();
  }

  @Test
  void a_missing_journal_is_refused_unless_the_service_ended_in_good_order() throws Exception {
    Path journal = directory.resolve("journal");
    Path killed = directory.resolve("killed");
    RegisteredVsmmu vsmmu;
    try (EventDatabase database = open(url, journal)) {
      vsmmu = ConcurrentLogTest.register(database);
      append(database, vsmmu, 0, 3);
    }
    // An end in good order: a new journal goes on.
    try (EventDatabase database = open(url, killed)) {
      append(database, vsmmu, 3, 1);
      database.writer().awaitShipped(4);
      TestLog.refuseRows(url, "not now");
      append(database, vsmmu, 4, 1);
    }
    TestLog.acceptRows(url);

    assertThatThrownBy(() -> open(url, directory.resolve("none")))
        .isInstanceOf(JournalRefusedException.class)
        .hasMessageContaining("may hold acknowledged events")
        .hasMessageContaining("--accept-journal-loss");
    try (EventDatabase database = open(url, directory.resolve("none"), true)) {
      assertThat(database.log().headPosition()).isEqualTo(4);
      append(database, vsmmu, 4, 1);
      assertThat(database.log().headPosition()).isEqualTo(5);
    }
  }

  @Test
  void a_journal_that_was_made_and_never_bound_does_not_stand_in_the_way() throws Exception {
    Path lost = directory.resolve("lost");
    Path unbound = directory.resolve("unbound");
    RegisteredVsmmu vsmmu;
    try (EventDatabase database = open(url, lost)) {
      vsmmu = ConcurrentLogTest.register(database);
      append(database, vsmmu, 0, 3);
      database.writer().awaitShipped(3);
      TestLog.refuseRows(url, "not now");
      append(database, vsmmu, 3, 1);
    }
    TestLog.acceptRows(url);
    // given a process that ended between the first segment and the binding
    try (JournalRecovery recovery =
        JournalRecovery.open(Files.createDirectory(unbound), SMALL, Optional.empty())) {
      recovery.start(3, true, JournalBoundary.Observer.NONE).close();
    }

    assertThatThrownBy(() -> open(url, unbound))
        .isInstanceOf(JournalRefusedException.class)
        .hasMessageContaining("--accept-journal-loss");
    try (EventDatabase database = open(url, unbound, true)) {
      append(database, vsmmu, 3, 1);
      assertThat(database.log().headPosition()).isEqualTo(4);
    }
    open(url, unbound).close();
  }

  @Test
  void an_older_journal_of_a_database_that_is_complete_is_taken_again() {
    Path first = directory.resolve("first");
    RegisteredVsmmu vsmmu;
    try (EventDatabase database = open(url, first)) {
      vsmmu = ConcurrentLogTest.register(database);
      append(database, vsmmu, 0, 3);
    }
    try (EventDatabase database = open(url, directory.resolve("second"))) {
      append(database, vsmmu, 3, 2);
    }
    try (EventDatabase database = open(url, first)) {
      append(database, vsmmu, 5, 1);
      assertThat(database.log().headPosition()).isEqualTo(6);
      assertThat(database.verifier().verify(vsmmu.id())).isInstanceOf(Intact.class);
    }
  }

  @Test
  void a_directory_that_another_user_could_change_is_refused() throws Exception {
    Path foreign = Files.createDirectory(directory.resolve("foreign"));
    assumeTrue(Files.getOwner(foreign).getName().equals("root"), "changing owners needs root");
    Files.setOwner(
        foreign,
        foreign.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName("nobody"));
    assertThatThrownBy(() -> open(url, foreign))
        .isInstanceOf(JournalRefusedException.class)
        .hasMessageContaining("--journal-dir");
    assertThat(files(foreign)).isEmpty();
  }

  @Test
  void an_older_copy_of_the_journal_is_refused() throws Exception {
    Path journal = directory.resolve("journal");
    Path old = directory.resolve("old");
    RegisteredVsmmu vsmmu;
    try (EventDatabase database = open(url, journal)) {
      vsmmu = ConcurrentLogTest.register(database);
      append(database, vsmmu, 0, 3);
      database.writer().awaitShipped(3);
      copyOf(journal, old);
      append(database, vsmmu, 3, 3);
      database.writer().awaitShipped(6);
      TestLog.refuseRows(url, "not now");
      append(database, vsmmu, 6, 1);
    }
    TestLog.acceptRows(url);
    assertThatThrownBy(() -> open(url, old))
        .isInstanceOf(JournalRefusedException.class)
        .hasMessageContaining("one that ends at position 3")
        .hasMessageContaining("position 6 or later");
    try (EventDatabase database = open(url, journal)) {
      assertThat(database.log().lastSequence(vsmmu.id())).hasValue(6);
    }
  }

  @Test
  void a_database_and_a_journal_that_went_different_ways_are_refused() throws Exception {
    Path journal = directory.resolve("journal");
    Path copy = directory.resolve("copy");
    RegisteredVsmmu vsmmu;
    try (EventDatabase database = open(url, journal)) {
      vsmmu = ConcurrentLogTest.register(database);
      append(database, vsmmu, 0, 3);
      database.writer().awaitShipped(3);
      copyOf(journal, copy);
      append(database, vsmmu, 3, 2);
    }
    // given the other copy went on with another database of the same beginning
    TestPostgres.execute(url, "UPDATE event SET hash = sha256('other') WHERE position = 5");
    assertThatThrownBy(() -> open(url, journal))
        .isInstanceOf(JournalRefusedException.class)
        .hasMessageContaining("position 5")
        .hasMessageContaining("another one in the database");
  }

  private static EventDatabase open(String url, Path journal) {
    return open(url, journal, false);
  }

  private static EventDatabase open(String url, Path journal, boolean acceptLoss) {
    JournalSettings settings =
        new JournalSettings(journal, SMALL, acceptLoss, JournalBoundary.Observer.NONE);
    return EventDatabase.open(url, settings, EventLogLimits.DEFAULTS);
  }

  private static void append(EventDatabase database, RegisteredVsmmu vsmmu, long first, int count) {
    database.writer().append(vsmmu.id(), TestLog.events(first, count, 50), AppendDurability.SYNCED);
  }

  private static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.sorted(Comparator.naturalOrder()).toList();
    }
  }

  private static void copyOf(Path from, Path to) throws IOException {
    Files.createDirectories(to);
    for (Path file : files(from)) {
      Files.copy(file, to.resolve(file.getFileName()));
    }
  }
}
