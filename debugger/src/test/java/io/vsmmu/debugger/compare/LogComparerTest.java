package io.vsmmu.debugger.compare;

import static io.vsmmu.debugger.compare.GuestLog.SID;
import static io.vsmmu.debugger.compare.GuestLog.sync;
import static io.vsmmu.debugger.compare.GuestLog.unmap;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.vsmmu.db.EventDatabase;
import io.vsmmu.db.log.EventLogLimits;
import io.vsmmu.db.write.JournalSettings;
import io.vsmmu.debugger.compare.Comparison.ComparedAccesses;
import io.vsmmu.debugger.compare.Comparison.DifferentValue;
import io.vsmmu.debugger.compare.Comparison.OnlyOnOneSide;
import io.vsmmu.debugger.compare.Comparison.Verdict;
import io.vsmmu.smmu.spec.Register;
import io.vsmmu.smmu.spec.StreamTableEntry;
import io.vsmmu.testing.TestPostgres;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Two logs are aligned by the guest's accesses, and what they differ in is found. */
@Tag("slow")
class LogComparerTest {

  private static final StreamTableEntry BYPASS = StreamTableEntry.ofTwoWords(0x9, 0);
  private static final StreamTableEntry TRANSLATE =
      StreamTableEntry.ofTwoWords(0x1_0000_000bL, 0x2a);

  private static EventDatabase database;

  @BeforeAll
  static void open() {
    String url = TestPostgres.newDatabase();
    database =
        EventDatabase.open(
            url, JournalSettings.in(TestPostgres.journal(url)), EventLogLimits.DEFAULTS);
  }

  @AfterAll
  static void close() {
    database.close();
  }

  private static Comparison compare(LogPart a, LogPart b, boolean normalised) {
    return new LogComparer(database.log()).compare(a, b, normalised, events -> {});
  }

  private static Comparison compare(GuestLog a, GuestLog b) {
    return compare(a.part(), b.part(), false);
  }

  /** The addresses that a guest unmaps, each with a CMD_SYNC. */
  private static GuestLog unmapping(List<Long> addresses) {
    GuestLog guest = GuestLog.booted(database).configure(SID, TRANSLATE);
    addresses.forEach(address -> guest.commands(unmap(1, address), sync()));
    return guest;
  }

  private static List<Long> addresses(Random random, int number) {
    List<Long> addresses = new ArrayList<>();
    for (int i = 0; i < number; i++) {
      addresses.add(0x1000L * (i * 16L + random.nextInt(16)));
    }
    return addresses;
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void a_log_does_not_differ_from_itself(boolean normalised) {
    GuestLog guest = unmapping(addresses(new Random(1), 700)).configure(SID, BYPASS).reset();

    Comparison comparison = compare(guest.part(), guest.part(), normalised);

    assertThat(comparison.verdict()).isEqualTo(Verdict.SAME);
    assertThat(comparison.first()).isNull();
    assertThat(comparison.a().accesses()).isEqualTo(comparison.same()).isGreaterThan(1400);
    assertThat(comparison.a().events()).isEqualTo(guest.events());
  }

  @Test
  void the_same_commands_in_other_slices_are_the_same_accesses() {
    GuestLog together =
        GuestLog.booted(database).commands(unmap(1, 0x1000), unmap(1, 0x2000), sync());
    GuestLog apart =
        GuestLog.booted(database)
            .commands(unmap(1, 0x1000))
            .commands(unmap(1, 0x2000))
            .commands(sync());

    assertThat(compare(together, apart).verdict()).isEqualTo(Verdict.SAME);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 250, 698, 699})
  void an_access_that_one_guest_makes_and_the_other_does_not_is_the_only_difference(int index) {
    List<Long> addresses = addresses(new Random(2), 700);
    GuestLog whole = unmapping(addresses);
    GuestLog less = GuestLog.booted(database).configure(SID, TRANSLATE);
    for (int i = 0; i < addresses.size(); i++) {
      if (i == index) {
        less.commands(sync());
      } else {
        less.commands(unmap(1, addresses.get(i)), sync());
      }
    }

    Comparison comparison = compare(whole, less);
    Comparison reversed = compare(less, whole);

    assertThat(comparison.verdict()).isEqualTo(Verdict.DIFFERENT);
    assertThat(comparison.onlyInA())
        .extracting(OnlyOnOneSide::access, OnlyOnOneSide::count)
        .containsExactly(tuple("TLBI_NH_VA", 1L));
    assertThat(comparison.onlyInB()).isEmpty();
    assertThat(comparison.different()).isZero();
    assertThat(comparison.first().a().access()).isEqualTo("TLBI_NH_VA");
    assertThat(comparison.first().b().access()).isEqualTo("CMD_SYNC");
    assertThat(comparison.first().beforeA()).hasSize(CompareLimits.SURROUNDING);
    assertThat(reversed.onlyInB()).isEqualTo(comparison.onlyInA());
    assertThat(reversed.onlyInA()).isEmpty();
  }

  @Test
  void a_different_value_of_the_same_access_is_named_with_its_field_and_positions() {
    GuestLog one = unmapping(List.of(0x1000L, 0x2000L, 0x3000L, 0x4000L));
    GuestLog other = unmapping(List.of(0x1000L, 0x2000L, 0x9000L, 0x4000L));

    Comparison comparison = compare(one, other);

    assertThat(comparison.onlyInA()).isEmpty();
    assertThat(comparison.onlyInB()).isEmpty();
    assertThat(comparison.values())
        .extracting(DifferentValue::access, DifferentValue::field, DifferentValue::count)
        .containsExactly(tuple("TLBI_NH_VA", "Address", 1L));
    ComparedAccesses example = comparison.values().getFirst().examples().getFirst();
    assertThat(example.a()).isEqualTo("0x3000");
    assertThat(example.b()).isEqualTo("0x9000");
    assertThat(comparison.first().a().position()).isEqualTo(example.positionA());
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void random_edits_are_found_exactly(long seed) {
    Random random = new Random(seed);
    int number = 200 + random.nextInt(1500);
    List<Long> addresses = addresses(random, number);
    List<Long> edited = new ArrayList<>();
    TreeMap<String, Long> made = new TreeMap<>();
    TreeSet<Integer> places = new TreeSet<>();
    for (int i = 0; i < 12; i++) {
      // Apart from each other, so that no two edits can be read as another one.
      places.add(random.nextInt(number / 8) * 8 + 4);
    }
    for (int i = 0; i < number; i++) {
      if (!places.contains(i)) {
        edited.add(addresses.get(i));
        continue;
      }
      switch (random.nextInt(3)) {
        case 0 -> made.merge("only in A", 2L, Long::sum);
        case 1 -> {
          made.merge("only in B", 6L, Long::sum);
          edited.add(0x8000_0000_0000L + i * 0x3000L);
          edited.add(0x8000_0000_1000L + i * 0x3000L);
          edited.add(0x8000_0000_2000L + i * 0x3000L);
          edited.add(addresses.get(i));
        }
        default -> {
          made.merge("different", 1L, Long::sum);
          edited.add(0x9000_0000_0000L + i * 0x1000L);
        }
      }
    }

    Comparison comparison = compare(unmapping(addresses), unmapping(edited));

    TreeMap<String, Long> found = new TreeMap<>();
    found.put("only in A", sum(comparison.onlyInA()));
    found.put("only in B", sum(comparison.onlyInB()));
    found.put("different", comparison.different());
    found.values().removeIf(count -> count == 0);
    assertThat(found).as("seed %d", seed).isEqualTo(made);
  }

  private static long sum(List<OnlyOnOneSide> kinds) {
    return kinds.stream().mapToLong(OnlyOnOneSide::count).sum();
  }

  @Test
  void the_alignment_continues_behind_an_insertion_of_thousands_of_accesses() {
    List<Long> common = addresses(new Random(3), 300);
    List<Long> longer = new ArrayList<>(common.subList(0, 100));
    for (int i = 0; i < 3000; i++) {
      longer.add(0x7000_0000_0000L + i * 0x1000L);
    }
    longer.addAll(common.subList(100, 300));

    Comparison comparison = compare(unmapping(common), unmapping(longer));

    assertThat(comparison.onlyInA()).isEmpty();
    assertThat(sum(comparison.onlyInB())).isEqualTo(6000);
    assertThat(comparison.different()).isZero();
  }

  @Test
  void ids_and_addresses_of_another_run_are_no_difference_when_normalised() {
    GuestLog one = GuestLog.booted(database, 0x900, 0x4000_0000L, false);
    GuestLog other = GuestLog.booted(database, 0x3100, 0x8_0000_0000L, false);
    one.configure(0x900, TRANSLATE).commands(unmap(1, 0x1000), sync());
    other
        .configure(0x3100, StreamTableEntry.ofTwoWords(0x2_0000_000bL, 0x2a))
        .commands(unmap(7, 0xffff_0000L), sync());

    Comparison raw = compare(one, other);
    Comparison normalised = compare(one.part(), other.part(), true);

    assertThat(raw.verdict()).isEqualTo(Verdict.DIFFERENT);
    assertThat(normalised.verdict()).as("%s", normalised).isEqualTo(Verdict.SAME);
  }

  @Test
  void an_id_that_is_not_the_counterpart_is_a_difference_when_normalised() {
    GuestLog one =
        GuestLog.booted(database)
            .commands(unmap(1, 0x1000), sync())
            .commands(unmap(2, 0x1000), sync())
            .commands(unmap(1, 0x2000), sync());
    GuestLog other =
        GuestLog.booted(database)
            .commands(unmap(5, 0x1000), sync())
            .commands(unmap(6, 0x1000), sync())
            .commands(unmap(6, 0x2000), sync());

    Comparison comparison = compare(one.part(), other.part(), true);

    assertThat(comparison.values())
        .extracting(DifferentValue::field, DifferentValue::count)
        .containsExactly(tuple("ASID", 1L));
  }

  @Test
  void different_configurations_of_a_stream_are_shown_field_by_field() {
    GuestLog one = GuestLog.booted(database).configure(SID, TRANSLATE);
    GuestLog other = GuestLog.booted(database).configure(SID, BYPASS);

    Comparison comparison = compare(one, other);

    assertThat(comparison.streams())
        .extracting(DifferentValue::access, DifferentValue::field)
        .contains(tuple("CFGI_STE", "configuration"), tuple("CFGI_STE", "decoded.Config"));
    assertThat(comparison.onlyInA()).isEmpty();
  }

  @Test
  void different_answers_of_the_host_are_shown_with_their_errno() {
    GuestLog one = GuestLog.booted(database).configure(SID, TRANSLATE);
    GuestLog other = GuestLog.booted(database).configure(SID, TRANSLATE);
    one.answered(unmap(1, 0x1000), 0, 10);
    other.answered(unmap(1, 0x1000), 5, 10);

    Comparison comparison = compare(one, other);

    assertThat(comparison.hostAnswers())
        .extracting(DifferentValue::access, DifferentValue::field)
        .containsExactly(tuple("TLBI_NH_VA", "INVALIDATE"));
    assertThat(comparison.hostAnswers().getFirst().examples().getFirst().b())
        .isEqualTo("EIO (errno 5)");
    assertThat(comparison.values())
        .extracting(DifferentValue::field)
        .containsExactly("CMDQ_CONS.ERR");
  }

  @Test
  void the_time_from_a_doorbell_to_its_completion_is_compared() {
    GuestLog one = GuestLog.booted(database).configure(SID, TRANSLATE);
    GuestLog other = GuestLog.booted(database).configure(SID, TRANSLATE);
    for (int i = 0; i < 10; i++) {
      one.answered(unmap(1, 0x1000L * i), 0, 100);
      other.answered(unmap(1, 0x1000L * i), 0, i == 4 ? 9000 : 100);
    }

    Comparison comparison = compare(one, other);

    assertThat(comparison.verdict()).isEqualTo(Verdict.SAME);
    assertThat(comparison.a().completion().median()).isBetween(87L, 102L);
    assertThat(comparison.b().completion().longest()).isBetween(9000L, 9002L);
    assertThat(comparison.durations().getFirst().microsB()).isBetween(9000L, 9002L);
  }

  @Test
  void registers_that_both_guests_read_are_compared_and_polling_is_not() {
    GuestLog one = GuestLog.booted(database, SID, 0, true);
    GuestLog other = GuestLog.booted(database, SID, 0, true);
    one.reads(Register.CR0ACK, 0xd).reads(Register.IDR0, 1).write(Register.GERRORN, 0);
    other
        .reads(Register.CR0ACK, 0xc)
        .reads(Register.CR0ACK, 0xc)
        .reads(Register.CR0ACK, 0xd)
        .reads(Register.IDR0, 2)
        .reads(Register.CMDQ_CONS, 7)
        .write(Register.GERRORN, 0);

    Comparison comparison = compare(one, other);

    assertThat(comparison.reads())
        .extracting(DifferentValue::field)
        .isNotEmpty()
        .allMatch(field -> field.startsWith("IDR0."));
    assertThat(comparison.b().reads()).containsEntry("CR0ACK", 3L);
  }

  @Test
  void logs_that_share_nothing_are_called_that() {
    GuestLog one = GuestLog.booted(database);
    GuestLog other = GuestLog.booted(database);
    long ofOne = one.events();
    long ofOther = other.events();
    for (int i = 0; i < 200; i++) {
      one.commands(unmap(1, 0x1000L * i));
      other.write(Register.AGBPA, i);
    }

    Comparison comparison =
        compare(one.part(ofOne, one.events() - 1), other.part(ofOther, other.events() - 1), false);

    assertThat(comparison.verdict()).isEqualTo(Verdict.NOTHING_IN_COMMON);
    assertThat(sum(comparison.onlyInA())).isEqualTo(200);
    assertThat(sum(comparison.onlyInB())).isEqualTo(200);
  }

  @Test
  void a_part_without_accesses_is_empty() {
    GuestLog guest = GuestLog.booted(database).commands(unmap(1, 0x1000), sync());

    Comparison comparison = compare(guest.part(), guest.part(3, 2), false);

    assertThat(comparison.verdict()).isEqualTo(Verdict.EMPTY);
    assertThat(comparison.b().events()).isZero();
  }

  @Test
  void two_boots_of_one_log_are_compared_as_its_parts() {
    GuestLog guest = GuestLog.booted(database);
    long first = 2;
    long reset = guest.events();
    guest.reset();
    guest.write(Register.STRTAB_BASE, 0x5000_0000L);
    guest.write(Register.STRTAB_BASE_CFG, 16);
    guest.write(Register.CMDQ_BASE, 0x5010_0000L | GuestLog.LOG2_QUEUE);
    guest.write(Register.EVENTQ_BASE, 0x5020_0000L | 7);
    guest.write(Register.CR0, 0xc).write(Register.CR0, 0xd);

    Comparison comparison =
        compare(guest.part(first, reset - 1), guest.part(reset + 1, guest.events() - 1), true);

    assertThat(comparison.onlyInA()).extracting(OnlyOnOneSide::access).isEmpty();
    assertThat(comparison.onlyInB()).isEmpty();
  }

  @Test
  void a_log_that_was_tampered_with_is_compared_up_to_there() throws SQLException {
    GuestLog good = unmapping(addresses(new Random(5), 20));
    GuestLog bad = unmapping(addresses(new Random(5), 20));
    LogPart ofBad = bad.part();
    database.writer().awaitTail();
    try (Connection connection = database.pool().getConnection();
        PreparedStatement update =
            connection.prepareStatement(
                "UPDATE event SET time_us = time_us + 1 WHERE vsmmu = ? AND sequence = 30")) {
      update.setInt(1, bad.vsmmu());
      assertThat(update.executeUpdate()).isOne();
    }

    Comparison comparison = compare(good.part(), ofBad, false);

    assertThat(comparison.a().broken()).isNull();
    assertThat(comparison.b().broken()).contains("is not the one that was written");
    assertThat(comparison.b().events()).isEqualTo(30);
    assertThat(comparison.onlyInB()).isEmpty();
  }

  @Test
  void a_comparison_whose_client_leaves_ends() {
    GuestLog guest = unmapping(addresses(new Random(6), 50));

    assertThatThrownBy(
            () ->
                new LogComparer(database.log())
                    .compare(
                        guest.part(),
                        guest.part(),
                        false,
                        events -> {
                          throw new CancellationException("gone");
                        }))
        .isInstanceOf(CancellationException.class);
  }
}
