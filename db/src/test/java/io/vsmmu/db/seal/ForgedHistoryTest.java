package io.vsmmu.db.seal;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.db.embedded.Availability;
import io.vsmmu.db.log.AppendDurability;
import io.vsmmu.db.log.EventLog;
import io.vsmmu.db.log.EventLogLimits;
import io.vsmmu.db.log.HashChain;
import io.vsmmu.db.log.HeadSignal;
import io.vsmmu.db.log.RegisteredVsmmu;
import io.vsmmu.db.log.StoredEvent;
import io.vsmmu.db.log.Tail;
import io.vsmmu.db.log.VsmmuRegistry;
import io.vsmmu.db.seal.HistoryVerdict.BreakKind;
import io.vsmmu.db.seal.HistoryVerdict.Broken;
import io.vsmmu.db.seal.HistoryVerdict.Diverged;
import io.vsmmu.db.seal.HistoryVerdict.Intact;
import io.vsmmu.db.seal.HistoryVerdict.Shorter;
import io.vsmmu.testing.TestPostgres;
import io.vsmmu.transparency.Checkpoint;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * Forgeries by a person who may do everything on the database's host: change any row, compute
 * chains again with the project's own code, seal the result with the stolen key, move the clock.
 * What that person does not have is a checkpoint that lies elsewhere.
 */
@Tag("slow")
class ForgedHistoryTest {

  /** Positions: a 1-6, b 7-12, part 13-14, a 15-20, b 21-24, a 25-32, b 33-40, a 41-43. */
  private static final int EVENTS = 43;

  private static final int SEALED = 40;

  /** Positions beyond this one are free, and in the first partition. */
  private static final int ASIDE = 500_000;

  @TempDir private static Path folder;

  private static String original;
  private static SealSettings settings;

  /** The checkpoints that an auditor keeps: with three segments, and with all five. */
  private static Checkpoint early;

  private static Checkpoint late;

  private String url;

  @BeforeAll
  static void write_a_log() throws Exception {
    original = TestPostgres.newDatabase();
    try (SealedLog log = SealedLog.open(original, folder.resolve("host"))) {
      settings = log.settings;
      RegisteredVsmmu a = log.vsmmu("a");
      RegisteredVsmmu b = log.vsmmu("b");
      log.append(a, 0, 6);
      log.append(b, 0, 6);
      RegisteredVsmmu part = log.part("part");
      log.append(a, 6, 6);
      log.append(b, 6, 4);
      log.awaitSize(3);
      early = log.checkpoints().getLast();
      log.database.registry().markImported(List.of(part.id()));
      log.append(a, 12, 8);
      log.append(b, 10, 8);
      log.awaitSize(5);
      late = log.checkpoints().getLast();
      log.append(a, 20, 3);
    }
  }

  @BeforeEach
  void copy_the_log() {
    url = TestPostgres.copyOf(original);
  }

  @Test
  void a_log_that_was_not_touched_is_intact_and_says_what_the_checkpoint_covers() {
    assertThat(early.size()).isEqualTo(3);
    assertThat(late.size()).isEqualTo(5);
    assertThat(verify(early, late))
        .isEqualTo(new Intact(new HistoryVerdict.HistoryReach(EVENTS, 5, SEALED, SEALED)));
    assertThat(verify(early).reach().covered()).isEqualTo(24);
    assertThat(verify().reach().covered()).isZero();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "payload = '\\x00'",
        "time_us = time_us + 1",
        "type = 4",
        "cause = 0",
        "cause = NULL",
        "subject = 'guest'",
        "hash = sha256('x')",
        "hash = '\\x00'"
      })
  void an_edited_event_breaks_its_chain(String change) {
    forge("UPDATE event SET " + change + " WHERE position = 17");
    assertBroken(BreakKind.EDITED, 17);
  }

  @Test
  void an_edited_event_whose_chain_was_computed_again_is_not_what_was_sealed() {
    forge("UPDATE event SET payload = '\\x00' WHERE position = 17");
    chainAgain("a");
    assertBroken(BreakKind.SEGMENT_DIFFERS, 17);
  }

  @Test
  void a_history_rewritten_from_the_middle_and_sealed_with_the_stolen_key_is_another_one()
      throws Exception {
    // given
    forge("UPDATE event SET payload = '\\x00' WHERE position = 17");
    chainAgain("a");

    // when
    sealAgain(settings.keyFile());

    // then: the database alone cannot say so, a checkpoint of the time before can.
    assertThat(verify()).isInstanceOf(Intact.class);
    assertDiverged(early);
    assertDiverged(late);
  }

  @Test
  void a_history_rewritten_behind_a_checkpoint_is_found_by_the_later_one_alone() throws Exception {
    // given
    forge("UPDATE event SET payload = '\\x00' WHERE position = 30");
    chainAgain("a");
    unseal(3);
    try (SealedLog log = SealedLog.open(url, stolen(settings.keyFile()))) {
      log.awaitSize(5);
    }

    // then
    assertThat(verify(early)).isInstanceOf(Intact.class);
    assertDiverged(late);
  }

  @Test
  void what_happened_after_the_last_checkpoint_that_anyone_holds_can_be_rewritten() {
    // given
    forge("UPDATE event SET payload = '\\x00' WHERE position = 42");
    chainAgain("a");

    // then
    assertThat(verify(late)).isInstanceOf(Intact.class);
    assertThat(verify(late).reach().covered()).isEqualTo(SEALED);
  }

  @Test
  void a_removed_event_leaves_a_hole() {
    forge("DELETE FROM event WHERE position = 17");
    assertBroken(BreakKind.POSITION_MISSING, 17);
  }

  @Test
  void a_removed_event_is_found_although_all_others_moved_up() throws Exception {
    // given
    forge("DELETE FROM event WHERE position = 17");
    closeHole(17, "a", 8);

    // then
    assertBroken(BreakKind.EDITED, 17);
    chainAgain("a");
    assertBroken(BreakKind.SEGMENT_DIFFERS, 17);
    sealAgain(settings.keyFile());
    assertDiverged(early);
  }

  @Test
  void an_inserted_event_is_found() throws Exception {
    // given
    forge("UPDATE event SET position = position + %s WHERE position > 16", ASIDE);
    forge("UPDATE event SET position = position - %1$s + 1 WHERE position > %1$s", ASIDE);
    forge("UPDATE event SET sequence = -sequence WHERE vsmmu = %s AND sequence > 7", id("a"));
    forge("UPDATE event SET sequence = -sequence + 1 WHERE sequence < 0");
    forge(
        "INSERT INTO event SELECT 17, 8, time_us, cause, vsmmu, type, hash, subject, payload"
            + " FROM event WHERE position = 16");

    // then
    assertBroken(BreakKind.EDITED, 17);
    chainAgain("a");
    assertBroken(BreakKind.SEGMENT_DIFFERS, 17);
    sealAgain(settings.keyFile());
    assertDiverged(early);
  }

  @Test
  void events_of_two_vsmmus_that_changed_places_are_found_although_both_chains_hold()
      throws Exception {
    // given
    swapPositions(6, 7);

    // then
    assertBroken(BreakKind.SEGMENT_DIFFERS, 1);
    sealAgain(settings.keyFile());
    assertDiverged(early);
  }

  @Test
  void events_of_one_vsmmu_that_changed_places_are_found() {
    swapPositions(3, 4);
    assertBroken(BreakKind.OUT_OF_ORDER, 3);
  }

  @Test
  void a_cut_tail_is_found_by_the_segments_and_shorter_than_a_checkpoint() {
    // when
    forge("DELETE FROM event WHERE position > 30");

    // then
    assertBroken(BreakKind.CUT, 31);
    assertThat(verify(early)).isInstanceOf(Broken.class);
    assertShorter(late);
  }

  @Test
  void a_tail_that_was_cut_with_its_segments_and_checkpoints_is_shorter_than_a_checkpoint() {
    // when
    cutBehind(24, 3);

    // then
    assertThat(verify(early)).isInstanceOf(Intact.class);
    assertShorter(late);
  }

  @Test
  void a_tail_that_was_cut_and_written_anew_is_another_history() throws Exception {
    // given
    cutBehind(24, 3);

    // when
    SealSettings stolen = stolen(settings.keyFile());
    try (SealedLog log = SealedLog.open(url, stolen)) {
      log.append(log.database.registry().byName("a").orElseThrow(), 12, 17);
      log.awaitSize(5);
    }

    // then
    assertThat(verify(early)).isInstanceOf(Intact.class);
    assertDiverged(late);
  }

  @Test
  void an_emptied_log_is_shorter_than_a_checkpoint() {
    forge("TRUNCATE event, sealed_segment, seal_checkpoint, seal_cosignature");
    assertShorter(early);
  }

  @Test
  void the_log_of_another_host_is_another_one() throws Exception {
    // given
    String other = TestPostgres.newDatabase();
    try (SealedLog log = SealedLog.open(other, folder.resolve("other-" + UUID.randomUUID()))) {
      log.append(log.vsmmu("a"), 0, SEALED);
      log.awaitSize(5);
    }
    url = other;

    // then
    assertThat(verify(late))
        .isInstanceOfSatisfying(
            Diverged.class, diverged -> assertThat(diverged.text()).contains("one of the log"));
  }

  @Test
  void the_log_of_another_host_under_the_name_and_key_of_this_one_is_another_one()
      throws Exception {
    // given
    String other = TestPostgres.newDatabase();
    try (SealedLog log = SealedLog.open(other, stolen(settings.keyFile()))) {
      log.append(log.vsmmu("a"), 0, SEALED);
      log.awaitSize(5);
    }
    url = other;

    // then
    assertDiverged(early);
  }

  @Test
  void an_old_checkpoint_does_not_hide_that_the_log_was_longer() {
    // given: the database as it was with three segments, which the old checkpoint confirms
    cutBehind(24, 3);

    // then
    assertThat(verify(early)).isInstanceOf(Intact.class);
    assertShorter(late);
  }

  @Test
  void an_event_that_is_written_with_the_clock_moved_back_stands_behind_the_checkpoint()
      throws Exception {
    // given
    long before = SealedLog.ORIGIN - 86_400_000_000L;
    try (SealedLog log = SealedLog.open(url, stolen(settings.keyFile()))) {
      RegisteredVsmmu a = log.database.registry().byName("a").orElseThrow();

      // when
      var appended =
          log.database
              .writer()
              .append(a.id(), List.of(SealedLog.event(23, before)), AppendDurability.SYNCED);
      log.database.writer().awaitShipped(appended.lastPosition());

      // then
      assertThat(appended.lastPosition()).isGreaterThan(verify(late).reach().covered());
    }
  }

  @Test
  void a_log_whose_times_were_all_moved_is_found_although_its_chain_holds() throws Exception {
    // given
    forge("UPDATE vsmmu SET origin_us = origin_us - 3600000000 WHERE id = %s", id("b"));
    forge("UPDATE event SET time_us = time_us - 3600000000 WHERE vsmmu = %s", id("b"));

    // then
    assertBroken(BreakKind.SEGMENT_DIFFERS, 1);
    sealAgain(settings.keyFile());
    assertDiverged(early);
  }

  @Test
  void a_vsmmu_removed_from_the_registry_is_missed() {
    forge("DELETE FROM vsmmu WHERE id = %s", id("b"));
    assertBroken(BreakKind.UNREGISTERED, 7);
  }

  @Test
  void a_vsmmu_removed_with_all_its_events_is_missed() throws Exception {
    // given
    forge("DELETE FROM event WHERE vsmmu = %s", id("b"));
    forge("DELETE FROM vsmmu WHERE id = %s", id("b"));
    assertBroken(BreakKind.POSITION_MISSING, 7);
    forge(
        "UPDATE event e SET position = n.row + %s FROM (SELECT position, row_number() OVER (ORDER"
            + " BY position) AS row FROM event) n WHERE n.position = e.position",
        ASIDE);
    forge("UPDATE event SET position = position - %s", ASIDE);

    // then
    assertBroken(BreakKind.SEGMENT_DIFFERS, 1);
    sealAgain(settings.keyFile());
    assertThat(verify()).isInstanceOf(Intact.class);
    assertThat(verify(early)).isInstanceOfAny(Diverged.class, Shorter.class);
  }

  @Test
  void names_that_two_vsmmus_exchanged_are_found() throws Exception {
    // given
    int a = id("a");
    int b = id("b");
    forge("UPDATE vsmmu SET name = 'c' WHERE id = %s", a);
    forge("UPDATE vsmmu SET name = 'a' WHERE id = %s", b);
    forge("UPDATE vsmmu SET name = 'b' WHERE id = %s", a);

    // then
    assertBroken(BreakKind.REGISTRY_DIFFERS, 1);
    sealAgain(settings.keyFile());
    assertDiverged(early);
  }

  @Test
  void an_imports_name_is_sealed_when_it_is_complete() {
    forge("UPDATE vsmmu SET name = 'apart' WHERE name = 'part'");
    assertBroken(BreakKind.REGISTRY_DIFFERS, 25);
  }

  @Test
  void logs_that_two_vsmmus_exchanged_are_found_although_both_chains_hold() throws Exception {
    // given
    int a = id("a");
    int b = id("b");
    forge("UPDATE event SET vsmmu = -vsmmu WHERE vsmmu IN (%s, %s)", a, b);
    forge(
        "UPDATE event SET vsmmu = CASE WHEN vsmmu = -%1$s THEN %2$s ELSE %1$s END WHERE vsmmu < 0",
        a, b);

    // then
    assertBroken(BreakKind.SEGMENT_DIFFERS, 1);
    sealAgain(settings.keyFile());
    assertDiverged(early);
  }

  @Test
  void the_state_with_which_an_imported_part_begins_is_covered() throws Exception {
    // given
    forge("UPDATE event SET payload = '\\x00' WHERE position = 13");

    // then
    assertBroken(BreakKind.SEGMENT_DIFFERS, 9);
    sealAgain(settings.keyFile());
    assertDiverged(early);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "UPDATE sealed_segment SET nodes = sha256('x') WHERE leaf_index = 2",
        "UPDATE sealed_segment SET last_position = 23 WHERE leaf_index = 2",
        "DELETE FROM sealed_segment WHERE leaf_index = 2",
        "DELETE FROM sealed_segment WHERE leaf_index = 4",
        "UPDATE seal_checkpoint SET note = replace(note, E'\\n5\\n', E'\\n9\\n') WHERE size = 5",
        "DELETE FROM seal_checkpoint; UPDATE sealed_segment SET leaf = leaf || '\\x00'"
            + " WHERE leaf_index = 1"
      })
  void an_edited_tree_contradicts_its_log(String change) {
    forge(change);
    assertThat(verify()).isInstanceOf(Broken.class);
  }

  // What the person does.

  private void forge(String sql, Object... arguments) {
    TestPostgres.execute(url, arguments.length == 0 ? sql : sql.formatted(arguments));
  }

  private PGSimpleDataSource source() {
    PGSimpleDataSource source = new PGSimpleDataSource();
    source.setURL(url);
    return source;
  }

  private int id(String name) {
    return vsmmu(name).id();
  }

  private RegisteredVsmmu vsmmu(String name) {
    return new VsmmuRegistry(source(), Availability.UNWATCHED).byName(name).orElseThrow();
  }

  /** Computes the hashes of a vSMMU's whole log again. */
  private void chainAgain(String name) {
    RegisteredVsmmu vsmmu = vsmmu(name);
    EventLog log = new EventLog(source(), Tail.IGNORED, new HeadSignal(), EventLogLimits.DEFAULTS);
    HashChain chain = new HashChain();
    byte[] previous = HashChain.genesis();
    StringBuilder updates = new StringBuilder();
    for (StoredEvent event : log.readPage(vsmmu.id(), 0, EVENTS)) {
      previous = chain.next(previous, vsmmu.originMicros(), event);
      updates.append(
          "UPDATE event SET hash = '\\x%s' WHERE position = %d;"
              .formatted(HexFormat.of().formatHex(previous), event.position()));
    }
    forge(updates.toString());
  }

  /** Throws away what was sealed, and seals the forged log. */
  private void sealAgain(Path key) throws Exception {
    forge("TRUNCATE sealed_segment, seal_checkpoint, seal_cosignature");
    forge("UPDATE vsmmu SET sealed_in = NULL");
    try (SealedLog log = SealedLog.open(url, stolen(key))) {
      log.awaitSize(log.database.log().headPosition() / SealedLog.EVENTS);
    }
  }

  private static SealSettings stolen(Path key) throws Exception {
    Path thief = Files.createDirectories(folder.resolve("thief-" + UUID.randomUUID()));
    return new SealSettings(
        key, thief.resolve("checkpoints"), "", SealedLog.EVENTS, settings.interval());
  }

  /** Moves everything behind a removed event of a vSMMU up. */
  private void closeHole(int position, String name, int sequence) {
    forge("UPDATE event SET position = position + %s WHERE position > %s", ASIDE, position);
    forge("UPDATE event SET position = position - %1$s - 1 WHERE position > %1$s", ASIDE);
    forge(
        "UPDATE event SET sequence = -sequence WHERE vsmmu = %s AND sequence > %s",
        id(name), sequence);
    forge("UPDATE event SET sequence = -sequence - 1 WHERE sequence < 0");
  }

  private void swapPositions(int one, int other) {
    forge("UPDATE event SET position = 900 WHERE position = " + one);
    forge("UPDATE event SET position = %s WHERE position = %s", one, other);
    forge("UPDATE event SET position = %s WHERE position = 900", other);
  }

  private void cutBehind(int position, int size) {
    forge("DELETE FROM event WHERE position > " + position);
    unseal(size);
  }

  /** Throws away what was sealed behind a size. */
  private void unseal(int size) {
    forge("DELETE FROM sealed_segment WHERE leaf_index >= " + size);
    forge("DELETE FROM seal_checkpoint WHERE size > " + size);
    forge("UPDATE vsmmu SET sealed_in = NULL WHERE sealed_in >= " + size);
  }

  // What the auditor does.

  private HistoryVerdict verify(Checkpoint... known) {
    return SealedLog.verify(url, List.of(known));
  }

  private void assertBroken(BreakKind kind, long position) {
    assertThat(verify())
        .isInstanceOfSatisfying(
            Broken.class,
            broken -> {
              assertThat(broken.kind()).as(broken.text()).isEqualTo(kind);
              assertThat(broken.position()).isEqualTo(position);
            });
  }

  private void assertDiverged(Checkpoint known) {
    assertThat(verify(known))
        .isInstanceOfSatisfying(
            Diverged.class, diverged -> assertThat(diverged.known()).isEqualTo(known));
  }

  private void assertShorter(Checkpoint known) {
    assertThat(verify(known))
        .isInstanceOfSatisfying(
            Shorter.class, shorter -> assertThat(shorter.known()).isEqualTo(known));
  }
}
