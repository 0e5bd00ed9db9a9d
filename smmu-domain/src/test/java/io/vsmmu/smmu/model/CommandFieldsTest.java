package io.vsmmu.smmu.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.smmu.bits.FieldTable;
import io.vsmmu.smmu.event.CommandQueueFailed;
import io.vsmmu.smmu.event.CommandsConsumed;
import io.vsmmu.smmu.event.StreamConfigured;
import io.vsmmu.smmu.event.VsmmuEvent;
import io.vsmmu.smmu.rules.CommandFacts;
import io.vsmmu.smmu.rules.CommandRule;
import io.vsmmu.smmu.rules.CommandRules;
import io.vsmmu.smmu.rules.SliceRules;
import io.vsmmu.smmu.spec.CommandEntry;
import io.vsmmu.smmu.spec.CommandOpcode;
import io.vsmmu.smmu.spec.IdRegisters;
import io.vsmmu.smmu.stimulus.SteFetch;
import io.vsmmu.smmu.stimulus.Stimulus;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The table of the commands' fields against what {@code decide} does: every field of every command,
 * set, cleared and out of range, on SMMUs with and without each feature.
 */
@Tag("slow")
class CommandFieldsTest {

  private static final int SID = 1;

  /** A case: an SMMU in this state gets this entry. */
  private record Case(String smmu, VsmmuState state, CommandEntry entry) {

    CommandFacts facts() {
      return new CommandFacts(state.ids(), state.enabled());
    }

    List<VsmmuEvent> decided() {
      return decided(entry);
    }

    List<VsmmuEvent> decided(CommandEntry other) {
      List<SteFetch> fetches = List.of(SteFetch.read(SID, Commands.TRANSLATE_ELSEWHERE));
      Stimulus slice =
          new Stimulus.ConsumeCommands(
              state.commandQueue().fetched() + 1, List.of(other), List.of(), fetches, false);
      return ((Decision.Accepted) Vsmmu.decide(state, slice)).events();
    }
  }

  private static boolean fails(List<VsmmuEvent> events) {
    return events.stream().anyMatch(CommandQueueFailed.class::isInstance);
  }

  /** What follows from the command itself: all but the words of the entry. */
  private static List<Object> consequences(List<VsmmuEvent> events) {
    CommandsConsumed consumed = (CommandsConsumed) events.getFirst();
    List<Object> what = new ArrayList<>();
    what.add(consumed.consumed());
    what.add(consumed.forwarded());
    what.add(consumed.awaitsHost());
    what.addAll(events.subList(1, events.size()));
    return what;
  }

  private static void eachCase(BiConsumer<Case, CommandOpcode> body) {
    SmmuVariants.all().forEach((name, ids) -> eachCase(name, ids, body));
  }

  private static void eachCase(String name, IdRegisters ids, BiConsumer<Case, CommandOpcode> body) {
    Guest guest = Guest.booted(ids).withDevice(SID).installs(SID, Commands.TRANSLATE);
    VsmmuState enabled = guest.state();
    VsmmuState disabled =
        guest.writes(io.vsmmu.smmu.spec.Register.CR0, Guest.CMDQEN).hostSucceeds().state();
    for (CommandOpcode opcode : CommandOpcode.values()) {
      for (CommandEntry entry : entries(opcode)) {
        body.accept(new Case(name, enabled, entry), opcode);
        body.accept(new Case(name + ", disabled", disabled, entry), opcode);
      }
    }
  }

  /** Each field with each of its values, the others zero, or like a command of a real guest. */
  private static Set<CommandEntry> entries(CommandOpcode opcode) {
    Set<CommandEntry> entries = new HashSet<>();
    FieldTable table = opcode.fields();
    CommandEntry zeros = Commands.bare(opcode);
    CommandEntry usual = zeros;
    for (String field : List.of("StreamID", "SSV", "TG", "NUM", "CS", "SubstreamID")) {
      usual = with(table, usual, field, 1);
    }
    CommandEntry sized = with(table, usual, "Size", 9);
    CommandEntry ranged = with(table, with(table, usual, "TG", 2), "TTL", 2);
    for (FieldTable.Field field : table.fields()) {
      if (field.name().equals("Opcode")) {
        continue;
      }
      for (long value : SmmuVariants.values(field.bits())) {
        CommandEntry leveled = with(table, usual, "NUM", 0);
        for (CommandEntry base : List.of(zeros, usual, sized, ranged, leveled)) {
          entries.add(with(table, base, field.name(), value));
        }
      }
    }
    entries.add(zeros);
    return entries;
  }

  private static CommandEntry with(FieldTable table, CommandEntry entry, String name, long value) {
    FieldTable.Field field = table.field(name).orElse(null);
    if (field == null) {
      return entry;
    }
    return field.word() == 0
        ? new CommandEntry(field.bits().set(entry.word0(), value), entry.word1())
        : new CommandEntry(entry.word0(), field.bits().set(entry.word1(), value));
  }

  /** What the table says, line by line. */
  private static List<CommandRule> applying(Case it, CommandOpcode opcode) {
    List<CommandRule> applying = new ArrayList<>();
    CommandEntry entry = it.entry();
    for (CommandRule rule : CommandRules.all()) {
      if (rule.commands().contains(opcode) && rule.applies().test(it.facts(), entry)) {
        applying.add(rule);
        entry = rule.effect() instanceof CommandRule.As as ? as.entry().apply(entry) : entry;
      }
    }
    return applying;
  }

  @Test
  void decide_does_with_each_field_of_each_command_what_the_table_says() {
    Set<CommandRule> seen = new HashSet<>();
    eachCase(
        (it, opcode) -> {
          List<CommandRule> rules = applying(it, opcode);
          seen.addAll(rules);
          List<VsmmuEvent> events = it.decided();
          String as = "%s: %s %s".formatted(it.smmu(), opcode, it.entry());
          boolean illegal = rules.stream().anyMatch(r -> r.effect() instanceof CommandRule.Illegal);
          assertThat(fails(events)).as(as).isEqualTo(illegal);
          if (illegal) {
            return;
          }
          if (rules.stream().anyMatch(r -> r.effect() instanceof CommandRule.NoEffect)) {
            assertThat(events).as(as).hasSize(1);
            assertThat(((CommandsConsumed) events.getFirst()).forwarded().isEmpty())
                .as(as)
                .isTrue();
          } else {
            CommandEntry counted = new SliceRules(it.facts()).effective(it.entry());
            assertThat(consequences(events)).as(as).isEqualTo(consequences(it.decided(counted)));
          }
        });
    assertThat(CommandRules.all().stream().filter(rule -> !seen.contains(rule)))
        .as("lines of the table that apply to nothing")
        .isEmpty();
  }

  @Test
  void bits_that_no_field_has_change_nothing() {
    eachCase(
        (it, opcode) -> {
          CommandEntry reserved =
              new CommandEntry(
                  it.entry().word0() | opcode.fields().reservedMask(0),
                  it.entry().word1() | opcode.fields().reservedMask(1));
          String as = "%s: %s %s".formatted(it.smmu(), opcode, reserved);
          assertThat(fails(it.decided(reserved))).as(as).isEqualTo(fails(it.decided()));
          if (!fails(it.decided())) {
            assertThat(consequences(it.decided(reserved)))
                .as(as)
                .isEqualTo(consequences(it.decided()));
            assertThat(CommandRules.apply(it.facts(), reserved))
                .as(as)
                .isEqualTo(CommandRules.apply(it.facts(), it.entry()));
          }
        });
  }

  /** Errors by the words of IHI 0070, chapter 4, written down a second time. */
  private static boolean mustFail(IdRegisters ids, CommandOpcode opcode, CommandEntry it) {
    boolean ssec = (it.word0() >>> 10 & 1) == 1;
    return switch (opcode) {
      case PREFETCH_CONFIG, PREFETCH_ADDR, CFGI_STE, CFGI_STE_RANGE -> ssec;
      case CFGI_CD, CFGI_CD_ALL -> ssec || !ids.stage1();
      case CFGI_VMS_PIDM -> ssec || !ids.mpam();
      case TLBI_NH_ALL, TLBI_NH_ASID -> !ids.stage1();
      case TLBI_NH_VA, TLBI_NH_VAA -> !ids.stage1() || emptyRange(ids, it);
      case TLBI_EL2_ALL, TLBI_EL2_ASID -> !ids.hyp();
      case TLBI_EL2_VA, TLBI_EL2_VAA -> !ids.hyp() || emptyRange(ids, it);
      case TLBI_S12_VMALL, TLBI_S2_IPA -> !ids.stage2();
      case TLBI_NSNH_ALL -> false;
      case ATC_INV -> !ids.ats();
      case PRI_RESP -> !ids.pri() || (it.word1() >>> 12 & 3) == 3;
      case RESUME, STALL_TERM -> ssec || (ids.idr0() >>> 24 & 3) == 1;
      case SYNC -> (it.word0() >>> 12 & 3) == 3;
      case DPTI_ALL, DPTI_PA -> !ids.dpt();
      case TLBI_EL3_ALL,
          TLBI_EL3_VA,
          TLBI_S_EL2_ALL,
          TLBI_S_EL2_ASID,
          TLBI_S_EL2_VA,
          TLBI_S_EL2_VAA,
          TLBI_S_S12_VMALL,
          TLBI_S_S2_IPA,
          TLBI_SNH_ALL ->
          true;
    };
  }

  /** TG with neither NUM, SCALE nor TTL; TTL 1 of 16KB and SCALE's bit 25 need IDR5.DS. */
  private static boolean emptyRange(IdRegisters ids, CommandEntry it) {
    long tg = it.word1() >>> 10 & 3;
    long ttl = it.word1() >>> 8 & 3;
    long scale = it.word0() >>> 20 & (ids.ds() ? 0x3f : 0x1f);
    boolean noLevel = ttl == 0 || (tg == 2 && ttl == 1 && !ids.ds());
    return ids.rangeInvalidation()
        && tg != 0
        && noLevel
        && scale == 0
        && (it.word0() >>> 12 & 0x1f) == 0;
  }

  @Test
  void an_error_is_raised_exactly_where_the_specification_has_one() {
    eachCase(
        (it, opcode) -> {
          boolean mayFail = opcode == CommandOpcode.ATC_INV && (it.entry().word1() & 0x3f) > 52;
          assertThat(fails(it.decided()))
              .as("%s: %s %s", it.smmu(), opcode, it.entry())
              .isEqualTo(mustFail(it.state().ids(), opcode, it.entry()) || mayFail);
        });
  }

  @Test
  void what_a_command_counts_as_counts_as_itself() {
    eachCase(
        (it, opcode) -> {
          CommandEntry counted = new SliceRules(it.facts()).effective(it.entry());
          if (CommandRules.apply(it.facts(), it.entry()) instanceof CommandRules.Effective) {
            assertThat(new SliceRules(it.facts()).effective(counted))
                .as("%s: %s %s", it.smmu(), opcode, it.entry())
                .isEqualTo(counted);
          }
        });
  }

  @Test
  void a_stream_is_only_configured_by_commands_that_name_stes() {
    eachCase(
        (it, opcode) -> {
          boolean names =
              opcode == CommandOpcode.CFGI_STE || opcode == CommandOpcode.CFGI_STE_RANGE;
          assertThat(it.decided().stream().noneMatch(StreamConfigured.class::isInstance) || names)
              .isTrue();
        });
  }
}
