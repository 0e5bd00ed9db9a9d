package io.vsmmu.rest.access;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A token without its secret.
 *
 * @param id number, ascending
 * @param createdBy subject of the one who made it
 * @param revoked when it was revoked; null if it was not
 */
record NamedToken(
    long id,
    String name,
    Role role,
    VmScope scope,
    Instant created,
    String createdBy,
    Instant expires,
    @Nullable Instant revoked) {

  boolean isValid(Instant now) {
    return revoked == null && now.isBefore(expires);
  }

  NamedToken revoked(Instant now) {
    return new NamedToken(id, name, role, scope, created, createdBy, expires, now);
  }

  String subject() {
    return "token:" + name;
  }
}
