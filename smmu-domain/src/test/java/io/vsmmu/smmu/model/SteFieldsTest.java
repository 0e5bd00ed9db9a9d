package io.vsmmu.smmu.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.smmu.bits.FieldTable;
import io.vsmmu.smmu.event.StreamBehaviour;
import io.vsmmu.smmu.event.StreamConfigured;
import io.vsmmu.smmu.rules.SteRule;
import io.vsmmu.smmu.rules.SteRules;
import io.vsmmu.smmu.spec.EventType;
import io.vsmmu.smmu.spec.IdRegisters;
import io.vsmmu.smmu.spec.SteFields;
import io.vsmmu.smmu.spec.StreamTableEntry;
import io.vsmmu.smmu.stimulus.SteFetch;
import io.vsmmu.smmu.stimulus.Stimulus;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The table of the STE's fields against what {@code decide} does: every field, set, cleared and out
 * of range, with every Config, on SMMUs with and without each feature.
 */
@Tag("slow")
class SteFieldsTest {

  private static final int SID = 1;
  private static final long CONTEXT = 0x4000_0000L;

  /** A case: an SMMU in this state finds this STE. */
  private record Case(String smmu, VsmmuState state, StreamTableEntry ste) {

    IdRegisters ids() {
      return state.ids();
    }

    StreamConfigured decided() {
      return decided(ste);
    }

    StreamConfigured decided(StreamTableEntry other) {
      Stimulus slice =
          new Stimulus.ConsumeCommands(
              state.commandQueue().fetched() + 1,
              List.of(Commands.cfgiSte(SID)),
              List.of(),
              List.of(SteFetch.read(SID, other)),
              false);
      return (StreamConfigured) ((Decision.Accepted) Vsmmu.decide(state, slice)).events().get(1);
    }
  }

  private static void eachCase(Consumer<Case> body) {
    SmmuVariants.recorded()
        .forEach(
            (name, ids) -> {
              Guest guest = Guest.booted(ids);
              if (!ids.stage2()) {
                guest.withDevice(SID);
              }
              for (StreamTableEntry ste : stes()) {
                body.accept(new Case(name, guest.state(), ste));
              }
            });
  }

  private static Set<StreamTableEntry> stes() {
    Set<StreamTableEntry> stes = new HashSet<>();
    for (int config = 0; config < 8; config++) {
      long word0 = SteFields.CONFIG.set(1 | CONTEXT, config);
      for (int cdMax : new int[] {0, 2}) {
        StreamTableEntry base =
            StreamTableEntry.ofTwoWords(SteFields.S1CDMAX.set(word0, cdMax), 0xe8);
        stes.add(base);
        stes.add(
            StreamTableEntry.ofTwoWords(
                base.word0(), SteFields.EATS.set(SteFields.STRW.set(base.word1(), 2), 3)));
        for (FieldTable.Field field : SteFields.TABLE.fields()) {
          if (field.bits().equals(SteFields.CONFIG)) {
            continue;
          }
          for (long value : SmmuVariants.values(field.bits())) {
            stes.add(with(base, field, value));
          }
        }
      }
    }
    return stes;
  }

  private static StreamTableEntry with(StreamTableEntry ste, FieldTable.Field field, long value) {
    long[] words = ste.words();
    words[field.word()] = field.bits().set(words[field.word()], value);
    return StreamTableEntry.of(words);
  }

  @Test
  void decide_does_with_each_field_of_an_ste_what_the_table_says() {
    Set<SteRule> seen = new HashSet<>();
    eachCase(
        it -> {
          boolean illegal = false;
          StreamTableEntry counted = it.ste();
          for (SteRule rule : SteRules.all()) {
            if (!illegal && rule.applies().test(it.ids(), counted)) {
              seen.add(rule);
              switch (rule.effect()) {
                case SteRule.BadSte _ -> illegal = true;
                case SteRule.As as -> counted = as.ste().apply(counted);
              }
            }
          }
          StreamConfigured decided = it.decided();
          String as = "%s: %s".formatted(it.smmu(), it.ste());
          assertThat(decided.fault()).as(as).isEqualTo(illegal ? EventType.C_BAD_STE.code() : 0);
          if (illegal) {
            assertThat(decided.effective()).as(as).isEqualTo(StreamBehaviour.ABORT);
          } else {
            StreamConfigured other = it.decided(counted);
            assertThat(decided.effective()).as(as).isEqualTo(other.effective());
            assertThat(decided.hostWord0()).as(as).isEqualTo(other.hostWord0());
            assertThat(decided.hostWord1()).as(as).isEqualTo(other.hostWord1());
          }
          assertThat(decided.ste()).as(as).isEqualTo(it.ste());
        });
    // No field of the table has reserved bits, so that line is tested below.
    assertThat(SteRules.all().stream().filter(rule -> !seen.contains(rule)))
        .extracting(SteRule::field)
        .containsExactly("reserved bits");
  }

  /** SteIllegal() of IHI 0070, 5.2.2, for a Non-secure STE without stage 2. */
  private static boolean steIllegal(IdRegisters ids, StreamTableEntry ste) {
    int config = ste.configBits();
    if (!ste.valid()) {
      return true;
    }
    if (config < 4) {
      return false;
    }
    boolean stage1 = (config & 1) == 1;
    if ((stage1 && !ids.stage1()) || (config >= 6 && !ids.stage2())) {
      return true;
    }
    boolean strwUnused = !ids.stage1() || !ids.hyp() || config >= 6 || config == 4;
    if (ids.ats() && config != 4) {
      boolean split = ste.eats() == 2;
      boolean dpt = ste.eats() == 3 && ids.dpt() && !strwUnused && ste.strw() != 0;
      if (split || dpt) {
        return true;
      }
    }
    if (!strwUnused && (ste.strw() & 1) == 1) {
      return true;
    }
    if (!stage1) {
      return false;
    }
    boolean stall = ste.s1StallD() && (ids.idr0() >>> 24 & 3) != 0;
    boolean tooMany = ids.ssidSize() != 0 && ste.s1CdMax() > ids.ssidSize();
    boolean twoLevel =
        ids.ssidSize() != 0
            && ste.s1CdMax() != 0
            && !ids.cd2l()
            && (ste.s1Fmt() == 1 || ste.s1Fmt() == 2);
    boolean beyond = ste.s1ContextPtr() >>> ids.oasBits() != 0;
    return stall || tooMany || twoLevel || beyond;
  }

  @Test
  void an_ste_is_illegal_exactly_where_the_pseudocode_says_so() {
    eachCase(
        it -> {
          // Stage 2 of a recorded SMMU is not followed.
          if (it.ids().stage2() && it.ste().config().stage2()) {
            assertThat(it.decided().fault()).isIn(0, EventType.C_BAD_STE.code());
            return;
          }
          assertThat(it.decided().fault() == EventType.C_BAD_STE.code())
              .as("%s: %s", it.smmu(), it.ste())
              .isEqualTo(steIllegal(it.ids(), it.ste()));
        });
  }

  @Test
  void what_an_ste_counts_as_counts_as_itself_and_reaches_the_host() {
    eachCase(
        it -> {
          SteRules.Result result = SteRules.apply(it.ids(), it.ste());
          if (result.illegal()) {
            return;
          }
          StreamTableEntry counted = result.effective();
          assertThat(SteRules.apply(it.ids(), counted))
              .as("%s: %s", it.smmu(), it.ste())
              .isEqualTo(new SteRules.Result(false, counted));
          StreamConfigured decided = it.decided();
          if (decided.allocatesHwpt()) {
            assertThat(decided.hostWord0() & ~counted.word0()).isZero();
            assertThat(decided.hostWord1() & ~counted.word1()).isZero();
          }
        });
  }

  @Test
  void reserved_bits_of_an_ste_change_nothing() {
    eachCase(
        it -> {
          long[] words = it.ste().words();
          for (int i = 0; i < words.length; i++) {
            words[i] |= SteFields.TABLE.reservedMask(i);
          }
          StreamConfigured with = it.decided(StreamTableEntry.of(words));
          StreamConfigured without = it.decided();
          assertThat(with.fault()).isEqualTo(without.fault());
          assertThat(with.effective()).isEqualTo(without.effective());
          assertThat(with.hostWord0()).isEqualTo(without.hostWord0());
          assertThat(with.hostWord1()).isEqualTo(without.hostWord1());
        });
  }
}
