package io.vsmmu.smmu.aggregate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vsmmu.smmu.event.CommandQueueFailed;
import io.vsmmu.smmu.event.DeviceAttached;
import io.vsmmu.smmu.model.VsmmuState;
import io.vsmmu.smmu.spec.CommandEntry;
import io.vsmmu.smmu.spec.CommandOpcode;
import io.vsmmu.smmu.spec.ConfigInvalidation;
import io.vsmmu.smmu.spec.IdRegisters;
import io.vsmmu.smmu.spec.InvalidationRange;
import io.vsmmu.smmu.spec.OnOffAuto;
import io.vsmmu.smmu.spec.Register;
import io.vsmmu.smmu.spec.StreamTableEntry;
import io.vsmmu.smmu.spec.TlbInvalidation;
import io.vsmmu.smmu.spec.VsmmuProperties;
import io.vsmmu.smmu.stimulus.Durability;
import io.vsmmu.smmu.stimulus.HostDevice;
import io.vsmmu.smmu.stimulus.HostOperation;
import io.vsmmu.smmu.stimulus.Origin;
import io.vsmmu.smmu.stimulus.SteFetch;
import io.vsmmu.smmu.stimulus.Stimulus;
import io.vsmmu.smmu.stimulus.Stimulus.ConsumeCommands;
import io.vsmmu.smmu.stimulus.Stimulus.ReportHostOutcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What everything that writes a log decides by. */
class DecisionLoopTest {

  private static final int SID = 0x100;
  private static final IdRegisters IDS = IdRegisters.DEFAULT.withStage2(false);

  private static final Stimulus CREATE =
      new Stimulus.Create(Origin.LIVE, Durability.COMMITTED, VsmmuProperties.ALL_AUTO, IDS);

  private static final Stimulus ATTACH =
      new Stimulus.AttachDevice(
          SID,
          new HostDevice("0000:01:00.0", "smmu3.0", 1, IDS, true),
          OnOffAuto.AUTO,
          IDS,
          SteFetch.unknown(SID));

  private static Stimulus write(Register register, long value) {
    return new Stimulus.WriteRegister(
        register.offset(), register.widthBits() / 8, value, List.of());
  }

  /** An invalidation, a configuration change that must wait for its outcome, an invalidation. */
  private static ConsumeCommands slice() {
    CommandEntry tlbi =
        new TlbInvalidation.Va(
                CommandOpcode.TLBI_NH_VA, 0, 1, InvalidationRange.single(0x1000, true))
            .encode();
    CommandEntry cfgi = new ConfigInvalidation.Ste(SID, false, true).encode();
    SteFetch ste = SteFetch.read(SID, StreamTableEntry.ofTwoWords(0x4000_000bL, 0));
    return new ConsumeCommands(3, List.of(tlbi, cfgi, tlbi), List.of(), List.of(ste), false);
  }

  private VsmmuState state = VsmmuState.ABSENT;
  private final List<Decided> decisions = new ArrayList<>();

  private void booted() {
    for (Stimulus stimulus :
        List.of(
            CREATE,
            ATTACH,
            write(Register.CMDQ_BASE, 0x9000_0000L | 4),
            write(Register.CR0, 1 | 8))) {
      applied(stimulus, 0);
    }
    decisions.clear();
  }

  /** Decides a stimulus and reports an outcome of its invalidation, with an errno or 0. */
  private Applied applied(Stimulus stimulus, int errno) {
    Decided decided = DecisionLoop.decide(state, stimulus);
    state = decided.after();
    decisions.add(decided);
    if (!decided.concernsHost()) {
      return new Applied(decided, Optional.empty(), Optional.empty());
    }
    List<HostOperation> operations =
        stimulus instanceof ConsumeCommands
            ? List.of(new HostOperation(HostOperation.Kind.INVALIDATE, 3, 0, -1, 0, 1, 0, errno, 0))
            : List.of();
    ReportHostOutcome outcome =
        new ReportHostOutcome(decided.sequence(), errno == 0 ? List.of() : operations);
    Decided reported = DecisionLoop.decide(state, outcome);
    state = reported.after();
    return new Applied(decided, Optional.of(outcome), Optional.of(reported));
  }

  @Test
  void deciding_stops_after_the_first_decision_that_concerns_the_host() {
    // when
    Submission submission =
        DecisionLoop.decideUntilHost(
            VsmmuState.ABSENT, List.of(CREATE, ATTACH, write(Register.CR0, 8)));

    // then
    assertThat(submission.decisions().size()).isEqualTo(2);
    assertThat(submission.last().events().getFirst()).isInstanceOf(DeviceAttached.class);
    assertThat(submission.last().concernsHost()).isTrue();
  }

  @Test
  void each_stimulus_is_decided_in_the_state_that_the_one_before_it_left() {
    // when
    Submission submission =
        DecisionLoop.decideUntilHost(
            VsmmuState.ABSENT,
            List.of(CREATE, write(Register.STRTAB_BASE, 0x40), write(Register.STRTAB_BASE, 0x80)));

    // then
    assertThat(submission.decisions().size()).isEqualTo(3);
    for (int i = 1; i < 3; i++) {
      assertThat(submission.decisions().get(i).sequence())
          .isEqualTo(submission.decisions().get(i - 1).after().events());
    }
    assertThat(submission.last().after().value(Register.STRTAB_BASE)).isEqualTo(0x80);
  }

  @Test
  void a_refused_stimulus_refuses_the_whole_submission() {
    assertThatThrownBy(
            () -> DecisionLoop.decideUntilHost(VsmmuState.ABSENT, List.of(CREATE, CREATE)))
        .isInstanceOf(StimulusRefusedException.class);
  }

  @Test
  void the_remainder_of_a_slice_is_submitted_until_nothing_remains() {
    // given
    booted();

    // when
    DecisionLoop.submitWhole(slice(), stimulus -> applied(stimulus, 0));

    // then
    assertThat(decisions).hasSizeGreaterThan(1);
    assertThat(state.commandQueue().fetched()).isEqualTo(3);
  }

  @Test
  void the_remainder_of_a_slice_is_not_submitted_after_the_host_refused_an_invalidation() {
    // given
    booted();

    // when
    Applied last = DecisionLoop.submitWhole(slice(), stimulus -> applied(stimulus, 5));

    // then
    assertThat(decisions).hasSize(1);
    assertThat(last.reported().orElseThrow().events())
        .hasAtLeastOneElementOfType(CommandQueueFailed.class);
  }
}
