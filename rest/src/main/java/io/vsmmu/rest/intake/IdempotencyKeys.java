package io.vsmmu.rest.intake;

import io.vsmmu.control.audit.Statements;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import javax.sql.DataSource;

/** Stores Idempotency-Keys with the answers to their requests; the oldest are deleted. */
class IdempotencyKeys {

  /** The greatest number of keys that are stored. */
  static final int KEPT = 10_000;

  /** The time for which a key is stored. */
  static final Duration LIFETIME = Duration.ofHours(24);

  /** The greatest number of characters of a key. */
  static final int KEY_CHARS = 255;

  /** The greatest length of a stored answer in bytes; the key of a longer one is released. */
  static final int ANSWER_BYTES = 1 << 20;

  private static final int CLAIMS_BETWEEN_PRUNING = 256;

  private final Statements statements;
  private final UUID owner = UUID.randomUUID();
  private final AtomicLong claims = new AtomicLong();

  IdempotencyKeys(DataSource dataSource) {
    this.statements = new Statements(dataSource);
  }

  /** Claims a key for a request, or returns the state of the request that has it. */
  KeyClaim claim(String subject, String key, String request) {
    if (claims.getAndIncrement() % CLAIMS_BETWEEN_PRUNING == 0) {
      prune();
    }
    int inserted =
        statements.update(
            "INSERT INTO idempotency (owner, subject, key, request) VALUES (?, ?, ?, ?)"
                + " ON CONFLICT DO NOTHING",
            List.of(owner, subject, key, request));
    if (inserted == 1) {
      return new KeyClaim.Fresh();
    }
    List<KeyClaim> known =
        statements.query(
            "SELECT owner, status, request, body_hash, content_type, location, etag, answer"
                + " FROM idempotency WHERE subject = ? AND key = ?",
            this::claim,
            List.of(subject, key));
    // The key was released or deleted in between, and another request has claimed it.
    return known.isEmpty() ? new KeyClaim.UnderWay() : known.getFirst();
  }

  private KeyClaim claim(ResultSet row) throws SQLException {
    Integer status = row.getObject(2, Integer.class);
    if (status == null) {
      return row.getObject(1, UUID.class).equals(owner)
          ? new KeyClaim.UnderWay()
          : new KeyClaim.Interrupted();
    }
    return new KeyClaim.Answered(
        row.getString(3),
        row.getBytes(4),
        new StoredAnswer(
            status, row.getString(5), row.getString(6), row.getString(7), row.getBytes(8)));
  }

  /** Stores the answer to the request that has the key. */
  void complete(String subject, String key, byte[] bodyHash, StoredAnswer answer) {
    statements.update(
        "UPDATE idempotency SET status = ?, body_hash = ?, content_type = ?, location = ?,"
            + " etag = ?, answer = ? WHERE subject = ? AND key = ? AND owner = ?",
        Arrays.asList(
            answer.status(),
            bodyHash,
            answer.contentType(),
            answer.location(),
            answer.etag(),
            answer.body(),
            subject,
            key,
            owner));
  }

  /** Releases a key, so that its request may be repeated. */
  void release(String subject, String key) {
    statements.update(
        "DELETE FROM idempotency WHERE subject = ? AND key = ? AND owner = ? AND status IS NULL",
        List.of(subject, key, owner));
  }

  private void prune() {
    statements.update(
        "DELETE FROM idempotency WHERE created < now() - make_interval(secs => ?)"
            + " OR created < (SELECT created FROM idempotency ORDER BY created DESC OFFSET ?"
            + " LIMIT 1)",
        List.of((double) LIFETIME.toSeconds(), KEPT));
  }
}
