package io.vsmmu.fuzz;

import io.vsmmu.projections.view.StateView;
import io.vsmmu.smmu.event.VsmmuEvent;
import io.vsmmu.smmu.model.Vsmmu;
import io.vsmmu.smmu.model.VsmmuState;
import io.vsmmu.smmu.wire.MalformedEventException;
import io.vsmmu.smmu.wire.SnapshotCodec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * A state that another party stored, with which an imported part of a log begins. Bytes are a
 * state, of another version, or a {@link MalformedEventException}; {@code decode(encode(s)) = s};
 * the state can be shown and deleted.
 */
final class SnapshotTarget implements FuzzTarget {

  @Override
  public void take(byte[] bytes) {
    VsmmuState state;
    try {
      state = SnapshotCodec.decode(bytes).orElse(VsmmuState.ABSENT);
    } catch (MalformedEventException malformed) {
      return;
    }
    byte[] again = SnapshotCodec.encode(state);
    Finding.unless(
        SnapshotCodec.decode(again).orElseThrow().equals(state), "a snapshot of another state");
    StateView.of(1, Instant.EPOCH, state, sequence -> sequence);
  }

  @Override
  public List<byte[]> seeds() {
    List<byte[]> seeds = new ArrayList<>();
    VsmmuState state = VsmmuState.ABSENT;
    for (VsmmuEvent event : SampleLog.events()) {
      state = Vsmmu.evolve(state, event);
      seeds.add(SnapshotCodec.encode(state));
    }
    return seeds;
  }
}
