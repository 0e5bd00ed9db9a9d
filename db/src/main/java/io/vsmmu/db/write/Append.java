package io.vsmmu.db.write;

import io.vsmmu.db.log.AppendDurability;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** A request to the writer: events that are written all or not at all, and the caller's future. */
final class Append {

  private final List<AppendRow> rows;
  private final AppendDurability durability;
  private final boolean bulk;
  private final int bytes;
  private final CompletableFuture<Appended> outcome = new CompletableFuture<>();

  Append(List<AppendRow> rows, AppendDurability durability, boolean bulk, int bytes) {
    this.rows = rows;
    this.durability = durability;
    this.bulk = bulk;
    this.bytes = bytes;
  }

  List<AppendRow> rows() {
    return rows;
  }

  AppendDurability durability() {
    return durability;
  }

  /** Whether it is written with COPY, as the only append of its transaction. */
  boolean bulk() {
    return bulk;
  }

  /** Total length of the payloads in bytes. */
  int bytes() {
    return bytes;
  }

  CompletableFuture<Appended> outcome() {
    return outcome;
  }

  /** Whether its outcome is still pending. */
  boolean open() {
    return !outcome.isDone();
  }

  /** Identifies the append in messages. */
  @Override
  public String toString() {
    AppendRow first = rows.getFirst();
    return rows.size()
        + " event(s) from vSMMU "
        + first.vsmmuId()
        + " sequence "
        + first.event().sequence();
  }
}
