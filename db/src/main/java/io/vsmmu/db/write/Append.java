package io.vsmmu.db.write;

import io.vsmmu.db.log.AppendDurability;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** What waits for the writer: events to be written all or not at all. */
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

  /** Written by COPY, alone in its transaction. */
  boolean bulk() {
    return bulk;
  }

  /** Payload bytes. */
  int bytes() {
    return bytes;
  }

  CompletableFuture<Appended> outcome() {
    return outcome;
  }

  boolean open() {
    return !outcome.isDone();
  }

  /** Says in messages which append is meant. */
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
