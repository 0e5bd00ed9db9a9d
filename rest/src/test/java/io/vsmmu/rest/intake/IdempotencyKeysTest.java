package io.vsmmu.rest.intake;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.control.audit.AuditEntry;
import io.vsmmu.control.audit.AuditFilter;
import io.vsmmu.control.audit.AuditLog;
import io.vsmmu.db.EventDatabase;
import io.vsmmu.db.log.EventLogLimits;
import io.vsmmu.db.write.JournalSettings;
import io.vsmmu.testing.TestPostgres;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Keys and audit entries across a restart of the service. */
@Tag("slow")
class IdempotencyKeysTest {

  private static final String WHO = "local";
  private static final StoredAnswer ANSWER =
      new StoredAnswer(201, "application/json", "/x", "W/\"1.1\"", new byte[] {1, 2});

  private static final String URL = TestPostgres.newDatabase();

  @Test
  void an_answer_is_still_known_after_a_restart() {
    try (EventDatabase database = open()) {
      IdempotencyKeys before = new IdempotencyKeys(database.pool());
      assertThat(before.claim(WHO, "kept", "POST /a")).isInstanceOf(KeyClaim.Fresh.class);
      before.complete(WHO, "kept", new byte[] {9}, ANSWER);
    }

    try (EventDatabase database = open()) {
      KeyClaim claim = new IdempotencyKeys(database.pool()).claim(WHO, "kept", "POST /a");

      assertThat(claim).isInstanceOf(KeyClaim.Answered.class);
      KeyClaim.Answered answered = (KeyClaim.Answered) claim;
      assertThat(answered.request()).isEqualTo("POST /a");
      assertThat(answered.bodyHash()).containsExactly(9);
      assertThat(answered.answer().body()).containsExactly(1, 2);
      assertThat(answered.answer())
          .usingRecursiveComparison()
          .ignoringFields("body")
          .isEqualTo(ANSWER);
    }
  }

  @Test
  void a_request_that_the_end_of_the_service_interrupted_is_not_carried_out_again() {
    try (EventDatabase database = open()) {
      IdempotencyKeys before = new IdempotencyKeys(database.pool());
      before.claim(WHO, "cut", "POST /a");
      assertThat(before.claim(WHO, "cut", "POST /a")).isInstanceOf(KeyClaim.UnderWay.class);

      IdempotencyKeys after = new IdempotencyKeys(database.pool());

      assertThat(after.claim(WHO, "cut", "POST /a")).isInstanceOf(KeyClaim.Interrupted.class);
    }
  }

  @Test
  void a_key_that_was_given_back_is_free_and_keys_of_others_are_theirs() {
    try (EventDatabase database = open()) {
      IdempotencyKeys keys = new IdempotencyKeys(database.pool());
      keys.claim(WHO, "free", "POST /a");
      keys.release(WHO, "free");

      assertThat(keys.claim(WHO, "free", "POST /b")).isInstanceOf(KeyClaim.Fresh.class);
      assertThat(keys.claim("somebody", "free", "POST /b")).isInstanceOf(KeyClaim.Fresh.class);
    }
  }

  @Test
  void an_audit_entry_without_an_end_stays_and_says_so() {
    try (EventDatabase database = open()) {
      long id = new AuditLog(database.pool()).begin(WHO, "POST", "/api/v1/interrupted");
      new AuditLog(database.pool()).begin("x\0y", "POST", "/p");

      List<AuditEntry> entries =
          new AuditLog(database.pool())
              .page(new AuditFilter(id - 1, null, null, null, null, null, null), 10);

      assertThat(entries.getFirst().path()).isEqualTo("/api/v1/interrupted");
      assertThat(entries.getFirst().status()).isNull();
      assertThat(entries.get(1).subject()).isEqualTo("x?y");
    }
  }

  private static EventDatabase open() {
    return EventDatabase.open(
        URL, JournalSettings.in(TestPostgres.journal(URL)), EventLogLimits.DEFAULTS);
  }
}
