package io.vsmmu.debugger.expression;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.db.log.StoredEvent;
import io.vsmmu.debugger.RandomLog;
import io.vsmmu.projections.travel.LogEvent;
import io.vsmmu.projections.view.EventView;
import io.vsmmu.projections.view.StateView;
import io.vsmmu.smmu.event.VsmmuEvent;
import io.vsmmu.smmu.model.Vsmmu;
import io.vsmmu.smmu.model.VsmmuState;
import io.vsmmu.smmu.wire.EventCodec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The names of the language are those that state and events show, and have the same values. */
class NamesTest {

  /** A size that is not chosen is AUTO in the views and absent in the language. */
  private static final String AUTO = "AUTO";

  /** Names that stand for all values of an event, not for the one that the view has there. */
  private static final Set<String> COLLECTED = Set.of("sid");

  @Test
  void every_value_that_state_shows_has_its_name_and_its_form() {
    long seed = new SplittableRandom().nextLong();
    for (boolean recording : new boolean[] {false, true}) {
      VsmmuState state = VsmmuState.ABSENT;
      List<VsmmuEvent> events = new RandomLog(new Random(seed), recording).grow(600).events();
      for (int i = 0; i < events.size(); i++) {
        VsmmuState before = state;
        state = Vsmmu.evolve(state, events.get(i));
        if (i % 7 == 0 || i < 20) {
          Moment moment = moment(before, state, events.get(i), i);
          compare(
              "seed " + seed + " state",
              StateView.of(1000L + i, Instant.EPOCH, state, sequence -> 1000 + sequence),
              StateNames.ROOT,
              moment,
              state);
        }
      }
    }
  }

  @Test
  void every_value_that_events_show_has_its_name() {
    long seed = new SplittableRandom().nextLong();
    Set<Class<?>> seen = new HashSet<>();
    for (boolean recording : new boolean[] {false, true}) {
      VsmmuState state = VsmmuState.ABSENT;
      List<VsmmuEvent> events = new RandomLog(new Random(seed), recording).grow(1500).events();
      for (int i = 0; i < events.size(); i++) {
        VsmmuState before = state;
        state = Vsmmu.evolve(state, events.get(i));
        Moment moment = moment(before, state, events.get(i), i);
        seen.add(events.get(i).getClass());
        compare(
            "seed %d %s".formatted(seed, events.get(i)),
            EventView.of(events.get(i)),
            EventNames.EVENT,
            moment,
            Objects.requireNonNull(moment.event()));
      }
    }
    assertThat(seen).hasSizeGreaterThan(15);
  }

  @Test
  void the_language_has_no_name_that_state_does_not_show() {
    VsmmuState state = VsmmuState.ABSENT;
    List<VsmmuEvent> events =
        new RandomLog(new Random(new SplittableRandom().nextLong()), false).grow(400).events();
    for (VsmmuEvent event : events) {
      state = Vsmmu.evolve(state, event);
    }
    Map<String, @Nullable Object> shown =
        StateView.of(1, Instant.EPOCH, state, sequence -> sequence);

    assertThat(StateNames.ROOT.names()).isEqualTo(shown.keySet());
    for (String group :
        List.of(
            "properties",
            "registers",
            "commandQueue",
            "eventQueue",
            "vmm",
            "recording",
            "health")) {
      assertThat(shape(group).names()).isEqualTo(((Map<?, ?>) shown.get(group)).keySet());
    }
    assertThat(shape("streams").names()).isEqualTo(first(shown.get("streams")).keySet());
  }

  private static Shape shape(String name) {
    return switch (StateNames.ROOT.member(name).orElseThrow()) {
      case Member.Part part -> part.shape();
      case Member.Items items -> items.shape();
      case Member.Value value -> throw new AssertionError(value);
    };
  }

  private static Map<?, ?> first(@Nullable Object list) {
    return (Map<?, ?>) ((List<?>) Objects.requireNonNull(list)).getFirst();
  }

  private static Moment moment(VsmmuState before, VsmmuState state, VsmmuEvent event, int i) {
    StoredEvent stored =
        new StoredEvent(
            1000L + i,
            1,
            i,
            0,
            EventCodec.typeOf(event),
            null,
            null,
            EventCodec.encode(event),
            new byte[32]);
    return new Moment(before, state, new LogEvent(stored), sequence -> 1000 + sequence);
  }

  /** Compares everything below a group of the view with what the names give. */
  private static void compare(
      String path, Map<?, ?> view, Shape shape, Moment moment, Object owner) {
    view.forEach(
        (name, shown) -> {
          String here = path + "." + name;
          if (name.equals("unknown")) {
            // Names of the fields that a recording does not contain: those are absent.
            return;
          }
          Member member = shape.member(String.valueOf(name)).orElseGet(() -> unknown(here));
          compare(here, shown, member, moment, owner);
        });
  }

  private static Member unknown(String path) {
    throw new AssertionError("The language has no name for " + path);
  }

  private static void compare(
      String path, @Nullable Object shown, Member member, Moment moment, Object owner) {
    switch (member) {
      case Member.Value value -> {
        Object named = value.shown(value.reader().read(moment, owner));
        if (COLLECTED.contains(value.name()) && value.several()) {
          assertThat(named instanceof Collection<?> all && all.contains(shown)).as(path).isTrue();
        } else if (!AUTO.equals(shown) || named != null) {
          assertThat(normal(named)).as(path).isEqualTo(normal(shown));
        }
      }
      case Member.Part part -> {
        Object inner = part.reader().read(moment, owner);
        if (shown == null) {
          assertThat(inner).as(path).isNull();
        } else {
          assertThat(inner).as(path).isNotNull();
          compare(path, (Map<?, ?>) shown, part.shape(), moment, Objects.requireNonNull(inner));
        }
      }
      case Member.Items items -> {
        List<Object> named = new ArrayList<>(items.all().of(moment, owner));
        List<?> list = (List<?>) Objects.requireNonNull(shown);
        assertThat(named).as(path).hasSameSizeAs(list);
        for (int i = 0; i < list.size(); i++) {
          Object item = named.get(i);
          compare(path + i, (Map<?, ?>) list.get(i), items.shape(), moment, item);
          long key = items.key().equals("index") ? i : Sameness.key(items, moment, item);
          assertThat(items.finder().find(moment, owner, key)).as(path).isEqualTo(item);
        }
      }
    }
  }

  /** Whole numbers of every type as Long; {@code size} has two forms. */
  private static @Nullable Object normal(@Nullable Object value) {
    return value instanceof Number number ? (Object) number.longValue() : value;
  }
}
