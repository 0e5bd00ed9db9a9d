package io.vsmmu.fuzz;

import io.vsmmu.db.log.HashChain;
import io.vsmmu.db.log.StoredEvent;
import io.vsmmu.debugger.expression.CostlyExpressionException;
import io.vsmmu.debugger.expression.Expression;
import io.vsmmu.debugger.expression.MalformedExpressionException;
import io.vsmmu.debugger.expression.Moment;
import io.vsmmu.debugger.expression.StatePath;
import io.vsmmu.projections.travel.LogEvent;
import io.vsmmu.smmu.event.VsmmuEvent;
import io.vsmmu.smmu.model.Vsmmu;
import io.vsmmu.smmu.model.VsmmuState;
import io.vsmmu.smmu.wire.EventCodec;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Conditions of {@code find}, and paths into the state. A text is a condition, or refused with a
 * place within it and what is expected there; a condition is evaluated at every event of a log, or
 * ended by its limit.
 */
final class ExpressionTarget implements FuzzTarget {

  private static final List<Moment> MOMENTS = moments();

  private static final List<String> SEEDS =
      List.of(
          "streams[\"0x900\"].configuration == \"TRANSLATE\"",
          "registers.CR0.SMMUEN == 1 and not registers.CR0.EVENTQEN == 1",
          "registers.STRTAB_BASE in 0x4000_0000..0x4fff_ffff",
          "event.asid in [1, 4..7, \"0x9\"] or event.type not in [\"LinesKept\"]",
          "count(streams) > 1 and all(streams, effective == \"ABORT\")",
          "any(event.commands, name == \"CFGI_STE\" and fields.StreamID == 0x900)",
          "any(event.commands, any(streams, sid == fields.StreamID))",
          "changed(streams[\"0x900\"]) and changed(registers.CR0 & 1) or changed(streams)",
          "time >= \"2026-01-31T12:00:00Z\" or health.reasons contains \"EBUSY\"",
          "~0 == 0xffff and 0 - 1 == ~0 and 1 << 64 == 0 and 7 / 2 == 3 and 7 % 4 == 3",
          "streams[\"0x900\"].ste[0] & 0b1111 == 0b1011 && !(boots in 1..1)",
          "devices[0x900] == null and commands.CMD_SYNC >= 100");

  private static List<Moment> moments() {
    List<Moment> moments = new ArrayList<>();
    VsmmuState before = VsmmuState.ABSENT;
    long sequence = 0;
    for (VsmmuEvent event : SampleLog.events()) {
      VsmmuState after = Vsmmu.evolve(before, event);
      LogEvent stored =
          new LogEvent(
              new StoredEvent(
                  sequence + 1,
                  1,
                  sequence,
                  sequence * 1000,
                  EventCodec.typeOf(event),
                  null,
                  null,
                  EventCodec.encode(event),
                  HashChain.genesis()));
      moments.add(new Moment(before, after, stored, position -> position));
      before = after;
      sequence++;
    }
    return moments;
  }

  @Override
  public void take(byte[] bytes) {
    String text = new String(bytes, StandardCharsets.UTF_8);
    path(text);
    Expression expression;
    try {
      expression = Expression.of(text);
    } catch (MalformedExpressionException malformed) {
      placed(malformed, text);
      return;
    }
    Finding.unless(expression.growth() != null, "a condition without a growth");
    Finding.unless(expression.streamIds() != null, "a condition without StreamIDs");
    for (Moment moment : MOMENTS) {
      try {
        boolean holds = expression.holds(moment);
        Finding.unless(holds == expression.holds(moment), "it holds and does not hold");
        Finding.unless(expression.values(moment).size() <= 16, "too many values");
      } catch (CostlyExpressionException costly) {
        Finding.unless(!String.valueOf(costly.getMessage()).isEmpty(), "ended without a reason");
      }
    }
  }

  private static void path(String text) {
    try {
      StatePath path = StatePath.of(text);
      Moment last = MOMENTS.getLast();
      Finding.unless(path.isSame(last.state(), last.state()), "a state differs from itself");
    } catch (MalformedExpressionException malformed) {
      placed(malformed, text);
    }
  }

  private static void placed(MalformedExpressionException malformed, String text) {
    Finding.unless(
        0 <= malformed.offset()
            && malformed.offset() <= malformed.end()
            && malformed.end() <= text.length(),
        "an error at %d to %d of %d characters",
        malformed.offset(),
        malformed.end(),
        text.length());
    Finding.unless(!malformed.problem().message().isEmpty(), "an error without a message");
  }

  @Override
  public List<byte[]> seeds() {
    return SEEDS.stream().map(text -> text.getBytes(StandardCharsets.UTF_8)).toList();
  }

  @Override
  public List<String> words() {
    List<String> words = new ArrayList<>(Resources.words(String.join(" ", SEEDS)));
    words.addAll(List.of("not in", "all(", "null", "true", "false", "..", "<<", ">>", "&&", "||"));
    words.addAll(List.of("queues", "memory", "hwpts", "objects", "decoded", "fields", "reads"));
    return words;
  }
}
