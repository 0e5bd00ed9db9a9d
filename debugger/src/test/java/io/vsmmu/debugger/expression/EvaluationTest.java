package io.vsmmu.debugger.expression;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vsmmu.db.log.StoredEvent;
import io.vsmmu.projections.travel.LogEvent;
import io.vsmmu.smmu.model.Decision;
import io.vsmmu.smmu.model.Vsmmu;
import io.vsmmu.smmu.model.VsmmuState;
import io.vsmmu.smmu.spec.CommandEntry;
import io.vsmmu.smmu.spec.ConfigInvalidation;
import io.vsmmu.smmu.spec.IdRegisters;
import io.vsmmu.smmu.spec.Register;
import io.vsmmu.smmu.spec.SmmuCommand;
import io.vsmmu.smmu.spec.StreamTableEntry;
import io.vsmmu.smmu.spec.VsmmuProperties;
import io.vsmmu.smmu.stimulus.Durability;
import io.vsmmu.smmu.stimulus.Origin;
import io.vsmmu.smmu.stimulus.SteFetch;
import io.vsmmu.smmu.stimulus.Stimulus;
import io.vsmmu.smmu.wire.EventCodec;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EvaluationTest {

  private static final StreamTableEntry TRANSLATE =
      StreamTableEntry.ofTwoWords(0x1_0000_000bL, 0x2a);

  /** The states of a guest that configures StreamID 0x900 to translate, and then to bypass. */
  private static final List<VsmmuState> STATES = states();

  private static List<VsmmuState> states() {
    List<VsmmuState> states = new ArrayList<>(List.of(VsmmuState.ABSENT));
    act(
        states,
        new Stimulus.Create(
            Origin.LIVE,
            Durability.COMMITTED,
            VsmmuProperties.ALL_AUTO,
            IdRegisters.DEFAULT.withStage2(false)));
    act(states, write(Register.CMDQ_BASE, 0x5000_0008L));
    act(states, write(Register.CR0, 0x9));
    act(states, configure(1, TRANSLATE));
    act(states, configure(3, StreamTableEntry.ofTwoWords(0x9, 0)));
    return states;
  }

  private static void act(List<VsmmuState> states, Stimulus stimulus) {
    Decision decision = Vsmmu.decide(states.getLast(), stimulus);
    states.add(((Decision.Accepted) decision).after());
  }

  private static Stimulus write(Register register, long value) {
    return new Stimulus.WriteRegister(
        register.offset(), register.widthBits() / 8, value, List.of());
  }

  private static Stimulus configure(int prod, StreamTableEntry ste) {
    List<CommandEntry> entries =
        List.of(
            new ConfigInvalidation.Ste(0x900, false, true).encode(),
            new SmmuCommand.Sync(0, 0, 0, 0, 0).encode());
    return new Stimulus.ConsumeCommands(
        prod + 1, entries, List.of(), List.of(SteFetch.read(0x900, ste)), false);
  }

  /** Whether a condition holds at the state with an index, after the one before it. */
  private static boolean holds(String text, int index) {
    return Expression.of(text)
        .holds(new Moment(STATES.get(Math.max(0, index - 1)), STATES.get(index), null, _ -> 4711L));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "streams[\"0x900\"].configuration == \"TRANSLATE\"",
        "streams[0x900].decoded.Config == 0b101 and streams[2304].decoded.V == \"1\"",
        "streams[0x900].ste[0] == 0x10000000b",
        "streams[0x900].ste == 0x2a",
        "streams[0x900].decoded.S1ContextPtr == 0x1_0000_0000",
        "streams[0x900].ste[0] >> 32 == 1 and streams[0x900].ste[0] & 0xf == 11",
        "registers.CR0.SMMUEN == 1 and registers.CR0 == 9",
        "commandQueue.error == \"CERROR_NONE\" and not commandQueue.stopped",
        "commands.CMD_SYNC == 1 and commands[\"CFGI_STE\"] == 1 and commands.ATC_INV == 0",
        "any(streams, sid == 0x900) and all(streams, fault == null) and count(streams) == 1",
        "count(streams, configuration == \"BYPASS\") == 0",
        "streams[0x900].since == 4711",
        "changed(streams[0x900]) and changed(streams) and changed(commands.CMD_SYNC)",
        "not changed(registers.CR0) and changed(commands)",
        "any(streams, changed(configuration))",
        "boots in [1] and boots not in [2..9] and boots in 1..1",
        "lifecycle contains \"RUN\"",
        "~0 == 0xffffffffffffffff and 0 - 1 == ~0 and 1 << 64 == 0 and ~0 > 5",
        "7 / 2 == 3 and 7 % 4 == 3 and 2 * 3 + 1 == 7 and 1 | 2 ^ 3 & 1 == 3",
        "properties.oas == null"
      })
  void a_condition_holds_as_the_names_and_operators_say(String text) {
    assertThat(holds(text, 4)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "streams[0x901].configuration == \"ABORT\"",
        "streams[0x901].configuration != \"ABORT\"",
        "streams[0x901].sid < 1 or streams[0x901].sid >= 0",
        "streams[0x901].sid + 1 == 1",
        "streams[0x901].sid in [0x901] or streams[0x901].sid not in [0x901]",
        "1 / 0 == 0 or 1 % 0 == 0 or 1 / 0 != 0",
        "streams[0x900].ste[8] == 0",
        "streams[0x901] != null",
        "changed(streams[0x901])",
        "1 / 0 != null",
        "hwpts[0xffffffffffffffff].kind == \"IOAS\"",
        "streams[0xffffffff00000900].sid == 0x900",
        "any(streams, false) or not all(streams, true)",
        "event.type == \"LinesKept\" or any(event.commands, true)"
      })
  void a_comparison_with_what_does_not_exist_is_false(String text) {
    assertThat(holds(text, 4)).isFalse();
  }

  @Test
  void a_value_that_was_changed_and_changed_back_is_seen_at_each_change() {
    String effective = "changed(streams[0x900].configuration)";

    assertThat(holds(effective, 3)).isFalse();
    assertThat(holds(effective, 4)).isTrue();
    assertThat(holds(effective, 5)).isTrue();
  }

  @Test
  void a_state_path_gives_the_value_that_state_shows() {
    VsmmuState state = STATES.get(4);

    assertThat(shown("streams[\"0x900\"].ste[0]", state)).isEqualTo("0x10000000b");
    assertThat(shown("registers.CR0", state)).isEqualTo("0x9");
    assertThat(shown("registers.CR0.SMMUEN", state)).isEqualTo(1L);
    assertThat(shown("streams[\"0x900\"].decoded.Config", state)).isEqualTo(5L);
    assertThat(shown("commandQueue.error", state)).isEqualTo("CERROR_NONE");
    assertThat(shown("streams[\"0x901\"].ste[0]", state)).isNull();
    assertThat(shown("commands", state)).isEqualTo(Map.of("CFGI_STE", 1L, "CMD_SYNC", 1L));
    assertThat(shown("streams", state).toString()).contains("sid=0x900", "since=");
  }

  @Test
  void two_states_are_the_same_at_a_path_if_its_values_are() {
    VsmmuState before = STATES.get(3);
    VsmmuState after = STATES.get(4);

    assertThat(StatePath.of("registers").isSame(before, after)).isFalse();
    assertThat(StatePath.of("registers.CR0").isSame(before, after)).isTrue();
    assertThat(StatePath.of("streams[0x900].ste[0]").isSame(before, after)).isFalse();
    assertThat(StatePath.of("streams[0x901]").isSame(before, after)).isTrue();
    assertThat(StatePath.of("health").isSame(before, after)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "commands.CMD_SYNC >= 5",
        "5 < recording.reads and boots != 0",
        "not (health.failures == 0) or sequence > 9 and true"
      })
  void a_count_that_reaches_a_number_rises(String text) {
    assertThat(Expression.of(text).growth()).isEqualTo(Growth.RISING);
    assertThat(Expression.of("not (%s)".formatted(text)).growth()).isEqualTo(Growth.FALLING);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "commands.CMD_SYNC == 5",
        "commands.CMD_SYNC + 1 > 5",
        "boots > 1 and boots < 9",
        "registers.CR0 > 1",
        "boots > 1 and changed(boots)",
        "commands.CMD_SYNC > commands.ATC_INV",
        "recording.differingReads > 1"
      })
  void of_other_conditions_nothing_is_known(String text) {
    assertThat(Expression.of(text).growth()).isEqualTo(Growth.UNKNOWN);
  }

  private static Object shown(String path, VsmmuState state) {
    return StatePath.of(path).shown(state, sequence -> sequence);
  }

  @ParameterizedTest
  @ValueSource(strings = {"any(streams, false)", "all(streams, true)", "count(streams) == 0"})
  void an_evaluation_can_be_ended_at_each_item_of_a_list(String text) {
    Moment moment =
        new Moment(
            STATES.get(3),
            STATES.get(4),
            null,
            _ -> null,
            () -> {
              throw new CancellationException("not wanted");
            });

    assertThatThrownBy(() -> Expression.of(text).holds(moment))
        .isInstanceOf(CancellationException.class);
  }

  /** The values that a condition reads at the state with an index, as path, before and after. */
  private static List<String> values(String text, int index) {
    Moment moment =
        new Moment(STATES.get(Math.max(0, index - 1)), STATES.get(index), null, _ -> 4711L);
    return Expression.of(text).values(moment).stream()
        .map(
            it ->
                it.hasBefore()
                    ? "%s: %s -> %s".formatted(it.path(), it.before(), it.after())
                    : "%s: %s".formatted(it.path(), it.after()))
        .toList();
  }

  @Test
  void what_is_compared_with_null_is_among_the_values() {
    assertThat(values("streams[0x900].device == null", 4))
        .containsExactly("streams[0x900].device: null -> null");
    assertThat(values("streams[0x900] != null", 4))
        .containsExactly("streams[0x900]: null -> present");
  }

  @Test
  void the_values_of_a_quantifier_are_those_of_the_items_that_changed_it() {
    assertThat(values("any(streams, configuration == \"TRANSLATE\" and device == null)", 4))
        .containsExactly(
            "streams[\"0x900\"].configuration: null -> TRANSLATE",
            "streams[\"0x900\"].device: null -> null");
    assertThat(values("all(streams, configuration == \"BYPASS\")", 5))
        .containsExactly("streams[\"0x900\"].configuration: TRANSLATE -> BYPASS");
    assertThat(values("count(streams) == 1", 4))
        .containsExactly("streams[\"0x900\"]: null -> present");
    assertThat(
            values("any(streams, any(streams, sid == 0x900 and configuration == \"BYPASS\"))", 5))
        .containsExactly(
            "streams[\"0x900\"].sid: 0x900 -> 0x900",
            "streams[\"0x900\"].configuration: TRANSLATE -> BYPASS");
  }

  @Test
  void values_of_the_event_and_its_position_have_none_before_it() {
    // given
    Moment moment = atSlice(1);

    // when
    List<Expression.ReadValue> read =
        Expression.of(
                "event.type == \"CommandsConsumed\" and position > 0"
                    + " and any(event.commands, name == \"CMD_SYNC\")")
            .values(moment);

    // then
    assertThat(read)
        .extracting(Expression.ReadValue::path)
        .containsExactly("event.type", "position", "event.commands[0].name");
    assertThat(read).noneMatch(Expression.ReadValue::hasBefore);
  }

  @Test
  void an_evaluation_that_would_look_at_too_many_items_is_refused_with_the_position() {
    // given
    String nested = "any(event.commands, any(event.commands, any(event.commands, %s)))";
    Expression costly = Expression.of(nested.formatted("index == 9999"));

    // when, then
    assertThatThrownBy(() -> costly.holds(atSlice(256)))
        .isInstanceOfSatisfying(
            CostlyExpressionException.class,
            refused ->
                assertThat(refused.problem().allowed()).contains("262,144 items", "position 12"));
    assertThat(costly.holds(atSlice(32))).isFalse();
    assertThat(Expression.of(nested.formatted("index == 0")).holds(atSlice(256))).isTrue();
  }

  /** A slice with as many CMD_SYNCs, at position 12. */
  private static Moment atSlice(int commands) {
    List<CommandEntry> entries =
        Collections.nCopies(commands, new SmmuCommand.Sync(0, 0, 0, 0, 0).encode());
    Decision decision =
        Vsmmu.decide(
            STATES.get(3),
            new Stimulus.ConsumeCommands(commands, entries, List.of(), List.of(), false));
    Decision.Accepted accepted = (Decision.Accepted) decision;
    StoredEvent stored =
        new StoredEvent(
            12,
            1,
            STATES.get(3).events(),
            0,
            (short) EventCodec.typeOf(accepted.events().getFirst()),
            null,
            null,
            EventCodec.encode(accepted.events().getFirst()),
            new byte[32]);
    return new Moment(STATES.get(3), accepted.after(), new LogEvent(stored), _ -> 4711L);
  }
}
