package io.vsmmu.control.log;

import io.vsmmu.db.axon.PayloadCodec;
import io.vsmmu.smmu.event.VsmmuEvent;
import io.vsmmu.smmu.model.VsmmuState;
import io.vsmmu.smmu.wire.EventCodec;
import io.vsmmu.smmu.wire.SnapshotCodec;

/** Encodes events and snapshots of the domain for the event store. */
public final class DomainPayloads implements PayloadCodec {

  @Override
  public int typeOf(Object payload) {
    return switch (payload) {
      case VsmmuEvent event -> EventCodec.typeOf(event);
      case VsmmuState _ -> SnapshotCodec.TYPE;
      default -> throw new IllegalArgumentException("no payload of the log: " + payload.getClass());
    };
  }

  @Override
  public byte[] encode(Object payload) {
    return switch (payload) {
      case VsmmuEvent event -> EventCodec.encode(event);
      case VsmmuState state -> SnapshotCodec.encode(state);
      default -> throw new IllegalArgumentException("no payload of the log: " + payload.getClass());
    };
  }

  @Override
  public Object decode(int type, byte[] bytes) {
    if (type == SnapshotCodec.TYPE) {
      return SnapshotCodec.decode(bytes)
          .orElseThrow(() -> new IllegalArgumentException("snapshot of another version"));
    }
    return EventCodec.decode(type, bytes);
  }
}
