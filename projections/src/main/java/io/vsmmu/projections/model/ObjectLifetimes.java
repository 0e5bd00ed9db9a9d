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

/** Host objects that came, changed or went within a batch. */
final class ObjectLifetimes {

  private static final String UPDATE =
      "UPDATE host_object SET kernel_id = coalesce(?, kernel_id),"
          + " to_position = coalesce(?, to_position) WHERE vsmmu = ? AND handle = ?";

  private record Key(int vsmmu, long handle) {}

  /** One object; {@code made} is null when an earlier batch wrote its row. */
  private record Life(
      @Nullable HostObject made, long from, @Nullable Integer kernelId, @Nullable Long to) {}

  private final Map<Key, Life> lives = new LinkedHashMap<>();

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

  void write(Connection connection) throws SQLException {
    CopyBuffer rows =
        new CopyBuffer(
            "host_object",
            "vsmmu, handle, from_position, to_position, kind, kernel_id, sid, word0, word1");
    try (PreparedStatement update = connection.prepareStatement(UPDATE)) {
      for (Map.Entry<Key, Life> entry : lives.entrySet()) {
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
        new Key(event.vsmmu(), object.handle()), new Life(object, event.position(), null, null));
  }

  private void changed(LogEvent event, long handle, @Nullable Integer kernelId, @Nullable Long to) {
    lives.merge(
        new Key(event.vsmmu(), handle),
        new Life(null, 0, kernelId, to),
        (old, change) ->
            new Life(
                old.made(),
                old.from(),
                change.kernelId() == null ? old.kernelId() : change.kernelId(),
                change.to() == null ? old.to() : change.to()));
  }

  private static void update(PreparedStatement update, Key key, Life life) throws SQLException {
    update.setObject(1, life.kernelId(), Types.INTEGER);
    update.setObject(2, life.to(), Types.BIGINT);
    update.setInt(3, key.vsmmu());
    update.setLong(4, key.handle());
    update.addBatch();
  }
}
