package io.vsmmu.debugger.cause;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.db.EventDatabase;
import io.vsmmu.debugger.EventfulLog;
import io.vsmmu.debugger.cause.AddressHistory.Question;
import io.vsmmu.projections.LogScript;
import io.vsmmu.projections.ProjectionsDatabase;
import io.vsmmu.projections.query.EventQueries;
import io.vsmmu.projections.travel.LogPoint;
import io.vsmmu.projections.travel.TimeTravel;
import io.vsmmu.smmu.spec.AtsCommand;
import io.vsmmu.smmu.spec.CommandOpcode;
import io.vsmmu.smmu.spec.EventFields;
import io.vsmmu.smmu.spec.EventRecord;
import io.vsmmu.smmu.spec.EventType;
import io.vsmmu.smmu.spec.TlbInvalidation;
import io.vsmmu.smmu.stimulus.Origin;
import io.vsmmu.smmu.stimulus.Stimulus;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("slow")
class AddressHistoryTest {

  private static final int SID = 0x900;
  private static final long IOVA = 0xffff_f123L;

  private static EventDatabase database;
  private static TimeTravel travel;
  private static AddressHistory addresses;

  @BeforeAll
  static void open() {
    database = ProjectionsDatabase.open();
    travel = new TimeTravel(database.log(), database.snapshots());
    addresses = new AddressHistory(travel, new EventQueries(database.pool(), database.log()));
  }

  @AfterAll
  static void close() {
    database.close();
  }

  private static LogScript translating() {
    return LogScript.started(database)
        .attach(SID, "0000:01:00.0")
        .enable()
        .configure(SID, LogScript.TRANSLATE_STE)
        .hostDone();
  }

  private static LogScript fault(LogScript script, long address) {
    return script.act(
        new Stimulus.ReportFaults(
            List.of(
                EventRecord.of(EventType.F_TRANSLATION, SID)
                    .withAddress(EventFields.INPUT_ADDR, address)),
            0));
  }

  private static AddressAnswer at(LogScript script, long position, Question question) {
    EventfulLog.project(database);
    return addresses.of(
        travel.at(script.vsmmu(), LogPoint.position(position)).found().orElseThrow(), question);
  }

  @Test
  void the_last_invalidation_that_covered_an_address_is_given_with_the_sync_that_completed_it() {
    LogScript script = translating();
    long configured = script.lastPosition() - 2;
    script.commands(LogScript.tlbi(1, IOVA & -4096), LogScript.sync());
    long slice = script.lastPosition();
    script.hostDone().commands(LogScript.tlbi(1, 0x5000), LogScript.sync()).hostDone();

    AddressAnswer answer = at(script, script.lastPosition(), new Question(IOVA, SID, 1));

    assertThat(answer.tlb().last().command().position()).isEqualTo(slice);
    assertThat(answer.tlb().last().command().text()).contains("TLBI_NH_VA", "ASID=1");
    assertThat(answer.tlb().last().sync().position()).isEqualTo(slice);
    assertThat(answer.tlb().last().sync().entry()).isEqualTo(1);
    assertThat(answer.streams()).singleElement();
    assertThat(answer.streams().getFirst().since()).isEqualTo(configured + 1);
    assertThat(answer.streams().getFirst().context().text()).contains("CFGI_STE");
    assertThat(at(script, script.lastPosition(), new Question(IOVA, SID, 2)).tlb().last()).isNull();
  }

  @Test
  void an_invalidation_without_a_sync_may_not_be_complete() {
    LogScript script = translating();
    script.commands(LogScript.tlbi(1, IOVA & -4096)).hostDone();
    long open = script.lastPosition();
    script.commands(LogScript.sync());

    AddressAnswer before = at(script, open, new Question(IOVA, null, null));
    AddressAnswer after = at(script, script.lastPosition(), new Question(IOVA, null, null));

    assertThat(before.tlb().last().sync()).isNull();
    assertThat(before.notes()).anyMatch(note -> note.contains("No CMD_SYNC follows"));
    assertThat(after.tlb().last().sync()).isNotNull();
    assertThat(after.notes()).noneMatch(note -> note.contains("No CMD_SYNC follows"));
  }

  @Test
  void faults_on_the_page_are_given_before_and_after_the_position() {
    LogScript script = fault(fault(translating(), IOVA + 8), 0x5000);
    long here = script.lastPosition();
    fault(script, IOVA & -4096);

    AddressAnswer answer = at(script, here, new Question(IOVA, SID, null));

    assertThat(answer.faultsBefore()).singleElement();
    assertThat(answer.faultsBefore().getFirst().text()).contains("F_TRANSLATION", "0xfffff12b");
    assertThat(answer.faultsAfter()).singleElement();
    assertThat(answer.faultsAfter().getFirst().position()).isEqualTo(script.lastPosition());
    assertThat(at(script, here, new Question(IOVA, 0x901, null)).faultsBefore()).isEmpty();
  }

  @Test
  void an_invalidation_of_everything_covers_any_address_and_one_of_another_devices_atc_does_not() {
    LogScript script = translating();
    script
        .commands(new TlbInvalidation.All(CommandOpcode.TLBI_NH_ALL, 0), LogScript.sync())
        .hostDone()
        .commands(new AtsCommand.AtcInvalidate(0x901, false, 0, false, 52, 0), LogScript.sync());

    AddressAnswer answer = at(script, script.lastPosition(), new Question(IOVA, SID, null));

    assertThat(answer.tlb().last().command().text()).startsWith("TLBI_NH_ALL");
    assertThat(answer.atc()).isNull();
  }

  @Test
  void a_stream_that_never_was_is_said_so() {
    LogScript script = translating();

    AddressAnswer answer = at(script, script.lastPosition(), new Question(IOVA, 0x77, null));

    assertThat(answer.streams()).isEmpty();
    assertThat(answer.notes()).anyMatch(note -> note.startsWith("StreamID 0x77 has no device"));
  }

  @Test
  void invalidations_of_the_address_itself_are_given_apart_from_those_that_cover_it() {
    LogScript script = translating();
    for (int i = 0; i < 7; i++) {
      script.commands(LogScript.tlbi(1, IOVA & -4096), LogScript.sync()).hostDone();
    }
    long own = script.lastPosition() - 1;
    for (int i = 0; i < 3; i++) {
      script
          .commands(new TlbInvalidation.All(CommandOpcode.TLBI_NH_ALL, 0), LogScript.sync())
          .hostDone()
          .commands(LogScript.tlbi(1, 0x5000), LogScript.sync())
          .hostDone();
    }

    AddressAnswer answer = at(script, script.lastPosition(), new Question(IOVA, SID, null));

    assertThat(answer.tlb().ownCount()).isEqualTo(7);
    assertThat(answer.tlb().own()).hasSize(CauseLimits.OWN_INVALIDATIONS);
    assertThat(answer.tlb().own().getFirst().command().position()).isEqualTo(own);
    assertThat(answer.tlb().own()).allMatch(it -> it.command().text().startsWith("TLBI_NH_VA"));
    assertThat(answer.tlb().coveringCount()).isEqualTo(3);
    assertThat(answer.tlb().covering().command().text()).startsWith("TLBI_NH_ALL");
    assertThat(answer.tlb().last()).isEqualTo(answer.tlb().covering());
    assertThat(answer.tlb().complete()).isTrue();
  }

  @Test
  void the_note_about_the_translation_follows_from_what_is_shown_of_it() {
    LogScript script =
        new LogScript(database)
            .create(Origin.QEMU_TRACE)
            .queues()
            .enable()
            .configure(SID, LogScript.TRANSLATE_STE);
    long unknown = script.lastPosition();
    script.act(new Stimulus.ObserveTranslation(SID, 1, IOVA, 0x4_0000_0123L));
    long seen = script.lastPosition();
    script.commands(LogScript.tlbi(1, IOVA & -4096), LogScript.sync());
    long invalidated = script.lastPosition();
    Question question = new Question(IOVA, SID, null);

    assertThat(at(script, unknown, question).translation()).isNull();
    assertThat(notes(script, unknown)).contains("whether the address was mapped is not known");
    assertThat(at(script, seen, question).translation()).isNotNull();
    assertThat(notes(script, seen))
        .contains("was mapped at position " + seen)
        .doesNotContain("not known");
    assertThat(notes(script, invalidated))
        .contains("invalidated at position " + invalidated, "mapped again is not known");
  }

  private static String notes(LogScript script, long position) {
    return String.join(" ", at(script, position, new Question(IOVA, SID, null)).notes());
  }
}
