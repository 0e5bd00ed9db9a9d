package io.vsmmu.db.write;

import io.vsmmu.db.log.NewEvent;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The rows of a batch with their positions and hashes, as rows for COPY and as one array per column
 * for INSERT.
 */
final class RowColumns {

  private final long firstPosition;
  private final List<AppendRow> rows = new ArrayList<>();
  private final List<byte[]> hashes = new ArrayList<>();

  RowColumns(long firstPosition) {
    this.firstPosition = firstPosition;
  }

  void add(AppendRow row, byte[] hash) {
    rows.add(row);
    hashes.add(hash);
  }

  int size() {
    return rows.size();
  }

  /** Position of the row that is added next. */
  long nextPosition() {
    return firstPosition + rows.size();
  }

  long position(int row) {
    return firstPosition + row;
  }

  int vsmmu(int row) {
    return rows.get(row).vsmmuId();
  }

  NewEvent event(int row) {
    return rows.get(row).event();
  }

  byte[] hash(int row) {
    return hashes.get(row);
  }

  Long[] positions() {
    Long[] column = new Long[size()];
    for (int i = 0; i < column.length; i++) {
      column[i] = position(i);
    }
    return column;
  }

  Long[] sequences() {
    return rows.stream().map(r -> r.event().sequence()).toArray(Long[]::new);
  }

  Long[] times() {
    return rows.stream().map(r -> r.event().timeMicros()).toArray(Long[]::new);
  }

  @Nullable Long[] causes() {
    @Nullable Long[] column = new Long[size()];
    for (int i = 0; i < column.length; i++) {
      column[i] = event(i).cause();
    }
    return column;
  }

  Integer[] vsmmus() {
    return rows.stream().map(AppendRow::vsmmuId).toArray(Integer[]::new);
  }

  Short[] types() {
    return rows.stream().map(r -> (short) r.event().type()).toArray(Short[]::new);
  }

  byte[][] hashes() {
    return hashes.toArray(byte[][]::new);
  }

  @Nullable String[] subjects() {
    @Nullable String[] column = new String[size()];
    for (int i = 0; i < column.length; i++) {
      column[i] = event(i).subject();
    }
    return column;
  }

  byte[][] payloads() {
    return rows.stream().map(r -> r.event().payload()).toArray(byte[][]::new);
  }
}
