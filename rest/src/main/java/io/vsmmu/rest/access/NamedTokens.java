package io.vsmmu.rest.access;

import io.vsmmu.control.audit.Statements;
import java.security.MessageDigest;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import javax.sql.DataSource;

/**
 * The named tokens: their hashes are in the database, and all of them in memory, because this
 * service is the database's only writer. So no request waits for the database, a revoked token is
 * refused at once, and tokens are accepted while the database does not answer. Changes throw {@link
 * io.vsmmu.control.audit.DatabaseException} if it fails. Thread-safe.
 */
class NamedTokens {

  /** Why no token was made. */
  enum Refusal {
    NAME_TAKEN,
    TOO_MANY
  }

  /** The outcome of a creation. */
  sealed interface Creation {
    /** A new token with its secret, which is nowhere else. */
    record Made(NamedToken token, String secret) implements Creation {}

    record Refused(Refusal reason) implements Creation {}
  }

  private record Stored(NamedToken token, byte[] hash) {}

  private final Statements statements;
  private final Clock clock;

  /** By the hash, in hexadecimal. */
  private final Map<String, Stored> byHash = new ConcurrentHashMap<>();

  private final Map<String, Stored> byName = new ConcurrentHashMap<>();

  NamedTokens(DataSource dataSource, Clock clock) {
    this.statements = new Statements(dataSource);
    this.clock = clock;
    statements
        .query(
            "SELECT id, name, role, vms, created, created_by, expires, revoked, hash FROM token",
            NamedTokens::stored,
            List.of())
        .forEach(this::keep);
  }

  private static Stored stored(ResultSet row) throws SQLException {
    String[] vms = row.getArray(4) == null ? null : (String[]) row.getArray(4).getArray();
    OffsetDateTime revoked = row.getObject(8, OffsetDateTime.class);
    return new Stored(
        new NamedToken(
            row.getLong(1),
            row.getString(2),
            Role.valueOf(row.getString(3)),
            vms == null ? VmScope.ALL : VmScope.of(Arrays.asList(vms)),
            row.getObject(5, OffsetDateTime.class).toInstant(),
            row.getString(6),
            row.getObject(7, OffsetDateTime.class).toInstant(),
            revoked == null ? null : revoked.toInstant()),
        row.getBytes(9));
  }

  private void keep(Stored stored) {
    byHash.put(HexFormat.of().formatHex(stored.hash()), stored);
    byName.put(stored.token().name(), stored);
  }

  /** Makes a token. A name is never used twice, so that it means one client in the audit. */
  synchronized Creation create(
      String name, Role role, VmScope scope, Instant expires, String createdBy) {
    if (byName.containsKey(name)) {
      return new Creation.Refused(Refusal.NAME_TAKEN);
    }
    if (byName.size() >= AccessLimits.TOKENS) {
      return new Creation.Refused(Refusal.TOO_MANY);
    }
    String secret = Secrets.random(Secrets.PREFIX);
    byte[] hash = Secrets.hash(secret);
    String[] vms = scope.unlimited() ? null : scope.vms().stream().sorted().toArray(String[]::new);
    List<Stored> made =
        statements.query(
            "INSERT INTO token (name, role, vms, hash, created, created_by, expires)"
                + " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING"
                + " RETURNING id, name, role, vms, created, created_by, expires, revoked, hash",
            NamedTokens::stored,
            Arrays.asList(
                name, role.name(), vms, hash, utc(clock.instant()), createdBy, utc(expires)));
    if (made.isEmpty()) {
      return new Creation.Refused(Refusal.NAME_TAKEN);
    }
    keep(made.getFirst());
    return new Creation.Made(made.getFirst().token(), secret);
  }

  /**
   * Revokes a token; one that was revoked before stays as it is.
   *
   * @return empty if there is none with this name
   */
  synchronized Optional<NamedToken> revoke(String name) {
    Stored stored = byName.get(name);
    if (stored == null || stored.token().revoked() != null) {
      return Optional.ofNullable(stored).map(Stored::token);
    }
    Instant now = clock.instant();
    // Refused from now on, also if the database fails under way.
    Stored revoked = new Stored(stored.token().revoked(now), stored.hash());
    keep(revoked);
    statements.update(
        "UPDATE token SET revoked = ? WHERE id = ?", List.of(utc(now), stored.token().id()));
    return Optional.of(revoked.token());
  }

  Optional<NamedToken> named(String name) {
    return Optional.ofNullable(byName.get(name)).map(Stored::token);
  }

  /** In the order of their numbers. */
  List<NamedToken> list(long afterId, int limit) {
    return byName.values().stream()
        .map(Stored::token)
        .filter(token -> token.id() > afterId)
        .sorted(Comparator.comparingLong(NamedToken::id))
        .limit(limit)
        .toList();
  }

  /** The client that has shown a valid token's secret, by its hash. */
  Optional<Caller> caller(byte[] shownHash) {
    Stored stored = byHash.get(HexFormat.of().formatHex(shownHash));
    if (stored == null
        || !MessageDigest.isEqual(stored.hash(), shownHash)
        || !stored.token().isValid(clock.instant())) {
      return Optional.empty();
    }
    NamedToken token = stored.token();
    return Optional.of(
        new Caller(token.subject(), token.role(), token.scope(), () -> isValid(token.name())));
  }

  private boolean isValid(String name) {
    Stored stored = byName.get(name);
    return stored != null && stored.token().isValid(clock.instant());
  }

  private static OffsetDateTime utc(Instant time) {
    return time.atOffset(ZoneOffset.UTC);
  }
}
