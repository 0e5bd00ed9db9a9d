package io.vsmmu.fuzz;

import io.vsmmu.projections.view.EventView;
import io.vsmmu.projections.view.StateView;
import io.vsmmu.smmu.event.StimulusEvent;
import io.vsmmu.smmu.event.VsmmuEvent;
import io.vsmmu.smmu.model.Vsmmu;
import io.vsmmu.smmu.model.VsmmuState;
import io.vsmmu.smmu.stimulus.Stimulus;
import io.vsmmu.smmu.wire.EventCodec;
import io.vsmmu.smmu.wire.EventKind;
import io.vsmmu.smmu.wire.MalformedEventException;
import io.vsmmu.smmu.wire.SnapshotCodec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A log that any bytes are the events of, as a file that is imported can hold. A payload is an
 * event or a {@link MalformedEventException}, and {@code decode(encode(e)) = e}; every sequence of
 * events is folded; the state can be stored, read, shown and decided on.
 */
final class EventsTarget implements FuzzTarget {

  private static final Instant TIME = Instant.EPOCH;

  @Override
  public void take(byte[] bytes) {
    Input input = new Input(bytes);
    VsmmuState state = VsmmuState.ABSENT;
    while (input.more()) {
      int type = input.u8();
      byte[] payload = input.bytes(input.u16() % 1024);
      Optional<VsmmuEvent> event = decoded(type, payload);
      if (event.isPresent()) {
        state = folded(state, event.get());
      }
    }
    stored(state);
    StateView.of(1, TIME, state, sequence -> sequence);
  }

  private static Optional<VsmmuEvent> decoded(int type, byte[] payload) {
    VsmmuEvent event;
    try {
      event = EventCodec.decode(type, payload);
    } catch (MalformedEventException malformed) {
      return Optional.empty();
    }
    Finding.unless(
        EventCodec.decode(type, EventCodec.encode(event)).equals(event),
        "%s is written as another one",
        event);
    return Optional.of(event);
  }

  private static VsmmuState folded(VsmmuState state, VsmmuEvent event) {
    if (event instanceof StimulusEvent recorded) {
      Stimulus stimulus = recorded.stimulus();
      Finding.unless(Vsmmu.decide(state, stimulus) != null, "no decision about %s", stimulus);
    }
    Finding.unless(!EventView.of(event).isEmpty() || event.toString() != null, "nothing to show");
    return Vsmmu.evolve(state, event);
  }

  private static void stored(VsmmuState state) {
    byte[] snapshot = SnapshotCodec.encode(state);
    Finding.unless(
        SnapshotCodec.decode(snapshot).orElseThrow().equals(state), "a snapshot of another state");
  }

  @Override
  public List<byte[]> seeds() {
    List<byte[]> seeds = new ArrayList<>();
    Output all = new Output();
    for (VsmmuEvent event : SampleLog.events()) {
      byte[] payload = EventCodec.encode(event);
      Output one = new Output();
      for (Output out : List.of(one, all)) {
        out.u8(EventCodec.typeOf(event)).u16(payload.length).bytes(payload);
      }
      seeds.add(one.toBytes());
    }
    for (EventKind kind : EventKind.values()) {
      seeds.add(new Output().u8(kind.number()).u16(1).u8(1).toBytes());
    }
    seeds.add(all.toBytes());
    return seeds;
  }
}
