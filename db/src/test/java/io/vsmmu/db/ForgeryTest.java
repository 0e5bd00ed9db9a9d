package io.vsmmu.db;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.db.log.AppendDurability;
import io.vsmmu.db.log.ChainHead;
import io.vsmmu.db.log.ChainVerdict;
import io.vsmmu.db.log.ChainVerdict.Broken;
import io.vsmmu.db.log.ChainVerdict.Intact;
import io.vsmmu.db.log.ChainVerdict.Tampering;
import io.vsmmu.db.log.HashChain;
import io.vsmmu.db.log.NewEvent;
import io.vsmmu.db.log.RegisteredVsmmu;
import io.vsmmu.db.log.StoredEvent;
import io.vsmmu.testing.TestPostgres;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("slow")
class ForgeryTest {

  private static final int EVENTS = 20;

  private static String url;
  private static EventDatabase database;

  private RegisteredVsmmu vsmmu;
  private ChainHead head;

  @BeforeAll
  static void open() {
    url = TestPostgres.newDatabase();
    database = TestLog.open(url);
  }

  @AfterAll
  static void close() {
    database.close();
  }

  @BeforeEach
  void append_events() {
    UUID id = UUID.randomUUID();
    vsmmu = database.registry().register("v-" + id, id, TestLog.ORIGIN);
    List<NewEvent> events = new ArrayList<>();
    for (int i = 0; i < EVENTS; i++) {
      Long cause = i == 0 ? null : (Long) (i - 1L);
      events.add(
          new NewEvent(i, TestLog.ORIGIN + i, 3, cause, "admin", new byte[] {(byte) i, 2, 3}));
    }
    var appended = database.writer().append(vsmmu.id(), events, AppendDurability.SYNCED);
    head = new ChainHead(EVENTS - 1, appended.lastHash());
    database.writer().awaitShipped(appended.lastPosition());
  }

  @Test
  void an_untouched_log_is_intact() {
    assertThat(database.verifier().verify(vsmmu.id(), Optional.of(head)))
        .usingRecursiveComparison()
        .isEqualTo(new Intact(EVENTS, 0, head));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "payload = '\\x00'",
        "payload = payload || '\\x00'",
        "time_us = time_us + 1",
        "type = 4",
        "cause = 0",
        "cause = NULL",
        "subject = 'guest'",
        "subject = NULL",
        "hash = sha256('x')"
      })
  void an_edited_event_is_found(String change) {
    forge("UPDATE event SET " + change + " WHERE %s AND sequence = 7");
    assertBrokenAt(7, Tampering.EDITED);
  }

  @Test
  void an_edited_last_event_is_found() {
    forge("UPDATE event SET payload = '\\x09' WHERE %s AND sequence = 19");
    assertBrokenAt(19, Tampering.EDITED);
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 7, 18})
  void a_dropped_event_is_found(long sequence) {
    forge("DELETE FROM event WHERE %s AND sequence = " + sequence);
    assertBrokenAt(sequence, Tampering.DROPPED);
  }

  @Test
  void a_dropped_event_is_found_although_the_others_moved_up() {
    forge("DELETE FROM event WHERE %s AND sequence = 7");
    forge("UPDATE event SET sequence = -sequence WHERE %s AND sequence > 7");
    forge("UPDATE event SET sequence = -sequence - 1 WHERE %s AND sequence < 0");
    assertBrokenAt(7, Tampering.EDITED);
  }

  @Test
  void a_hole_of_any_width_is_found() {
    forge("UPDATE event SET sequence = 1000000000000000000 WHERE %s AND sequence = 19");
    assertBrokenAt(19, Tampering.DROPPED);
  }

  @Test
  void an_event_before_the_first_one_is_found() {
    forge("UPDATE event SET sequence = -5 WHERE %s AND sequence = 19");
    assertBrokenAt(0, Tampering.DROPPED);
  }

  @Test
  void swapped_sequences_are_found() {
    forge("UPDATE event SET sequence = -1 WHERE %s AND sequence = 7");
    forge("UPDATE event SET sequence = 7 WHERE %s AND sequence = 8");
    forge("UPDATE event SET sequence = 8 WHERE %s AND sequence = -1");
    assertBrokenAt(7, Tampering.REORDERED);
  }

  @Test
  void swapped_positions_are_found() {
    String update = "UPDATE event SET position = ";
    long seventh = database.log().positionOf(vsmmu.id(), 7).orElseThrow();
    forge(update + "900000 WHERE %s AND sequence = 7");
    forge(update + seventh + " WHERE %s AND sequence = 8");
    forge(update + (seventh + 1) + " WHERE %s AND sequence = 7");
    assertBrokenAt(8, Tampering.REORDERED);
  }

  @Test
  void swapped_contents_are_found() {
    forge(
        "UPDATE event a SET payload = b.payload, time_us = b.time_us, cause = b.cause, hash ="
            + " b.hash FROM event b WHERE a.%1$s AND b.%1$s AND a.sequence IN (7, 8) AND b.sequence"
            + " = 15 - a.sequence");
    assertBrokenAt(7, Tampering.EDITED);
  }

  @Test
  void a_cut_tail_is_found_against_an_expected_head() {
    forge("DELETE FROM event WHERE %s AND sequence >= 15");
    assertThat(database.verifier().verify(vsmmu.id())).isInstanceOf(Intact.class);
    assertBrokenAt(15, Tampering.TRUNCATED);
  }

  @Test
  void an_emptied_log_is_found_against_an_expected_head() {
    forge("DELETE FROM event WHERE %s");
    assertBrokenAt(0, Tampering.TRUNCATED);
  }

  @Test
  void a_chain_computed_anew_is_found_against_an_expected_head() {
    HashChain chain = new HashChain();
    byte[] previous = HashChain.genesis();
    for (StoredEvent e : database.log().readPage(vsmmu.id(), 0, EVENTS)) {
      byte[] payload = e.sequence() == 5 ? new byte[] {66} : e.payload();
      NewEvent forged =
          new NewEvent(e.sequence(), e.timeMicros(), e.type(), e.cause(), e.subject(), payload);
      previous = chain.next(previous, TestLog.ORIGIN, forged);
      forge(
          "UPDATE event SET payload = '\\x%2$s', hash = '\\x%3$s' WHERE %1$s AND sequence = %4$s",
          HexFormat.of().formatHex(payload), HexFormat.of().formatHex(previous), e.sequence());
    }
    assertThat(database.verifier().verify(vsmmu.id())).isInstanceOf(Intact.class);
    assertBrokenAt(19, Tampering.REWRITTEN);
  }

  private void assertBrokenAt(long sequence, Tampering reason) {
    ChainVerdict verdict = database.verifier().verify(vsmmu.id(), Optional.of(head));
    assertThat(verdict)
        .isInstanceOfSatisfying(
            Broken.class,
            broken -> {
              assertThat(broken.reason()).isEqualTo(reason);
              assertThat(broken.sequence()).isEqualTo(sequence);
            });
  }

  private void forge(String sql, Object... more) {
    Object[] arguments = new Object[more.length + 1];
    arguments[0] = "vsmmu = " + vsmmu.id();
    System.arraycopy(more, 0, arguments, 1, more.length);
    TestPostgres.execute(url, sql.formatted(arguments));
  }
}
