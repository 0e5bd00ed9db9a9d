package io.vsmmu.projections.model;

import io.vsmmu.projections.travel.LogEvent;
import io.vsmmu.smmu.model.HostObject;
import io.vsmmu.smmu.model.VsmmuState;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Collects changes for the table {@code host_object}: objects that were created, got a kernel id or
 * were destroyed. Changes of one object within a transaction become one row or one update.
 */
final class ObjectLifetimes {

  private static final String UPDATE =
      "UPDATE host_object SET kernel_id = coalesce(?, kernel_id),"
          + " to_position = coalesce(?, to_position) WHERE vsmmu = ? AND handle = ?";

  private record ObjectKey(int vsmmu, long handle) {}

  /**
   * What is known of an object's life.
   *
   * @param made the object, null if an earlier transaction has written its row
   * @param from position of the event that created it, if {@code made} is not null
   * @param kernelId the kernel's id as reported last, null if it did not change
   * @param to position of the event that destroyed it, null if none has
   */
  private record Life(
      @Nullable HostObject made, long from, @Nullable Integer kernelId, @Nullable Long to) {}

  private final Map<ObjectKey, Life> lives = new LinkedHashMap<>();

  /** Compares the objects before and after an event. */
  void observe(LogEvent event, VsmmuState before, VsmmuState after) {
    if (before.objects().equals(after.objects())) {
      return;
    }
    for (HostObject object : after.objects().values()) {
      HostObject old = before.objects().get(object.handle());
      if (old == null) {
        made(event, object);
      } else if (old.kernelId() != object.kernelId()) {
        changed(event, object.handle(), object.kernelId(), null);
      }
    }
    for (long handle : before.objects().keySet()) {
      if (!after.objects().containsKey(handle)) {
        changed(event, handle, null, event.position());
      }
    }
  }

  /** Writes the changes, and forgets them. */
  void write(Connection connection) throws SQLException {
    CopyBuffer rows =
        new CopyBuffer(
            "host_object",
            "vsmmu, handle, from_position, to_position, kind, kernel_id, sid, word0, word1");
    try (PreparedStatement update = connection.prepareStatement(UPDATE)) {
      for (Map.Entry<ObjectKey, Life> entry : lives.entrySet()) {
        Life life = entry.getValue();
        HostObject made = life.made();
        if (made == null) {
          update(update, entry.getKey(), life);
        } else {
          rows.row(
              entry.getKey().vsmmu(),
              made.handle(),
              life.from(),
              life.to(),
              made.kind().name(),
              life.kernelId(),
              made.streamId() < 0 ? null : made.streamId(),
              made.word0(),
              made.word1());
        }
      }
      update.executeBatch();
    }
    rows.write(connection);
    lives.clear();
  }

  private void made(LogEvent event, HostObject object) {
    lives.put(
        new ObjectKey(event.vsmmu(), object.handle()),
        new Life(
            object,
            event.position(),
            object.kernelId() == 0 ? null : (Integer) object.kernelId(),
            null));
  }

  private void changed(LogEvent event, long handle, @Nullable Integer kernelId, @Nullable Long to) {
    lives.merge(
        new ObjectKey(event.vsmmu(), handle),
        new Life(null, 0, kernelId, to),
        (old, change) ->
            new Life(
                old.made(),
                old.from(),
                change.kernelId() == null ? old.kernelId() : change.kernelId(),
                change.to() == null ? old.to() : change.to()));
  }

  private static void update(PreparedStatement update, ObjectKey key, Life life)
      throws SQLException {
    update.setObject(1, life.kernelId(), Types.INTEGER);
    update.setObject(2, life.to(), Types.BIGINT);
    update.setInt(3, key.vsmmu());
    update.setLong(4, key.handle());
    update.addBatch();
  }
}
