package io.vsmmu.control.recording;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vsmmu.control.offline.SimulatedReplayHost;
import io.vsmmu.control.recording.RecordingResult.Imported;
import io.vsmmu.control.recording.RecordingResult.ImportedLog;
import io.vsmmu.control.recording.RecordingService.Format;
import io.vsmmu.control.replay.CommandReplay;
import io.vsmmu.control.replay.EventReplay;
import io.vsmmu.control.replay.LogReplay;
import io.vsmmu.control.replay.ReplayReport;
import io.vsmmu.control.request.RequestRefusedException;
import io.vsmmu.db.EventDatabase;
import io.vsmmu.db.log.ChainVerdict;
import io.vsmmu.db.log.EventLogLimits;
import io.vsmmu.db.log.HashChain;
import io.vsmmu.db.log.StoredEvent;
import io.vsmmu.db.write.JournalSettings;
import io.vsmmu.host.simulated.FaultPlan;
import io.vsmmu.projections.travel.TimeTravel;
import io.vsmmu.recordings.log.LogFileReader;
import io.vsmmu.recordings.log.LogRecord;
import io.vsmmu.recordings.log.PartOfLog;
import io.vsmmu.recordings.qemu.TraceLimits;
import io.vsmmu.smmu.event.StreamBehaviour;
import io.vsmmu.smmu.model.Health;
import io.vsmmu.smmu.model.Vsmmu;
import io.vsmmu.smmu.model.VsmmuState;
import io.vsmmu.smmu.spec.Register;
import io.vsmmu.smmu.wire.EventCodec;
import io.vsmmu.smmu.wire.SnapshotCodec;
import io.vsmmu.testing.TestPostgres;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("slow")
class RecordingRoundTripTest {

  private static final String ACCELERATED = "/samples/qemu-11.1.3-accel-e1000e.trace.log";

  @TempDir static Path dir;
  private static EventDatabase database;
  private static RecordingService recordings;

  @BeforeAll
  static void start() throws Exception {
    String url = TestPostgres.newDatabase();
    database =
        EventDatabase.open(
            url, JournalSettings.in(TestPostgres.journal(url)), EventLogLimits.DEFAULTS);
    recordings = new RecordingService(database, dir.resolve("uploads"), 1 << 30, Clock.systemUTC());
  }

  @AfterAll
  static void stop() throws Exception {
    database.close();
  }

  @Test
  void a_log_that_lacks_an_event_is_not_exported_but_a_part_without_it_is() throws Exception {
    ImportedLog log = importSample("lacks-an-event");
    database.writer().awaitTail();
    try (Connection connection = database.pool().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(
          "DELETE FROM event WHERE vsmmu = %d AND sequence = 700".formatted(log.vsmmu().id()));
    }

    assertThatThrownBy(() -> recordings.export(log.vsmmu(), new ByteArrayOutputStream()))
        .isInstanceOfSatisfying(
            RequestRefusedException.class,
            refused ->
                assertThat(refused.problems().getFirst().message())
                    .contains("sequence 700 is missing"));
    ByteArrayOutputStream part = new ByteArrayOutputStream();
    recordings.export(log.vsmmu(), 0, 699, part);
    assertThat(part.size()).isPositive();
  }

  @Test
  void the_bundled_recording_ends_with_its_stream_translating() throws Exception {
    ImportedLog log = importSample("ends-translating");

    var stream = log.end().stream(0x900).orElseThrow();
    assertThat(stream.configuration()).isEqualTo(StreamBehaviour.TRANSLATE);
    assertThat(stream.ste().words()).startsWith(0x406e500bL, 0xd6L);
    assertThat(log.end().observations().hostInvalidations()).isEqualTo(312);
    assertThat(log.end().observations().differingReads()).isZero();
    assertThat(log.end().commands().total()).isEqualTo(640);
  }

  @Test
  void a_compressed_recording_with_more_text_than_its_size_can_have_is_refused() throws Exception {
    // given
    ByteArrayOutputStream bomb = new ByteArrayOutputStream();
    byte[] text = new byte[1 << 20];
    Arrays.fill(text, (byte) 'a');
    try (GZIPOutputStream gzip = new GZIPOutputStream(bomb)) {
      for (long written = 0; written <= TraceLimits.SMALL_TEXT_BYTES; written += text.length) {
        gzip.write(text);
      }
    }

    // when
    RecordingResult result =
        recordings.importFrom(
            new ByteArrayInputStream(bomb.toByteArray()), Format.QEMU_TRACE, "bomb");

    // then
    assertThat(result)
        .isInstanceOfSatisfying(
            RecordingResult.Refused.class,
            refused -> assertThat(refused.problem().given()).contains("when decompressed"));
    assertThat(database.registry().byName("bomb")).isEmpty();
  }

  @Test
  void the_same_recording_gives_the_same_export_but_for_its_header() throws Exception {
    byte[] first = export(importSample("same-one"));
    byte[] second = export(importSample("same-two"));

    assertThat(body(first)).isEqualTo(body(second));
    assertThat(database.verifier().verify(id("same-one")).toString()).startsWith("Intact");
  }

  @Test
  void what_was_exported_and_imported_is_exported_as_the_same_bytes() throws Exception {
    ImportedLog original = importSample("there-and-back");
    byte[] file = export(original);
    database.registry().markDeleted(original.vsmmu().id());

    Imported again =
        (Imported) recordings.importFrom(new ByteArrayInputStream(file), Format.VSMMU, null);

    assertThat(again.vsmmus().getFirst().end()).isEqualTo(original.end());
    assertThat(export(again.vsmmus().getFirst())).isEqualTo(file);
  }

  @Test
  void a_part_from_the_first_event_on_is_imported_and_exported_as_the_same_bytes()
      throws Exception {
    ImportedLog original = importSample("beginning");
    byte[] file = export(original, 0, 99);
    database.registry().markDeleted(original.vsmmu().id());

    Imported again =
        (Imported) recordings.importFrom(new ByteArrayInputStream(file), Format.VSMMU, null);

    assertThat(again.vsmmus().getFirst().events()).isEqualTo(100);
    assertThat(export(again.vsmmus().getFirst())).isEqualTo(file);
  }

  @Test
  void another_part_has_the_state_before_it_and_continues_the_chain() throws Exception {
    ImportedLog original = importSample("parted");
    int id = original.vsmmu().id();
    byte[] file = export(original, 200, 299);

    LogFileReader reader = new LogFileReader(new ByteArrayInputStream(file));
    PartOfLog part = reader.part().orElseThrow();
    byte[] hash = part.previousHash();
    VsmmuState state = SnapshotCodec.decode(part.state()).orElseThrow();
    HashChain chain = new HashChain();
    while (reader.next() instanceof LogRecord record) {
      hash = chain.next(hash, original.vsmmu().originMicros(), stored(id, record.sequence()));
      assertThat(hash).isEqualTo(record.hash());
      state = Vsmmu.evolve(state, EventCodec.decode(record.type(), record.payload()));
    }

    assertThat(part.firstPosition()).isEqualTo(stored(id, 200).position());
    assertThat(part.lastPosition()).isEqualTo(stored(id, 299).position());
    assertThat(part.events()).isEqualTo(original.events());
    assertThat(state)
        .isEqualTo(new TimeTravel(database.log(), database.snapshots()).before(id, 300));
  }

  @Test
  void another_part_is_imported_with_its_sequences_and_the_same_states() throws Exception {
    // given
    ImportedLog original = importSample("whole");
    byte[] file = export(original, 200, 299);
    TimeTravel states = new TimeTravel(database.log(), database.snapshots());

    // when
    Imported imported =
        (Imported) recordings.importFrom(new ByteArrayInputStream(file), Format.VSMMU, "part");

    // then
    int whole = original.vsmmu().id();
    int part = imported.vsmmus().getFirst().vsmmu().id();
    assertThat(imported.vsmmus().getFirst().events()).isEqualTo(101);
    assertThat(database.log().firstSequence(part)).hasValue(199);
    for (long sequence = 200; sequence <= 300; sequence++) {
      assertThat(states.before(part, sequence)).isEqualTo(states.before(whole, sequence));
    }
    assertThat(states.before(part, 199)).isEqualTo(VsmmuState.ABSENT);
    assertThat(database.verifier().verify(part))
        .isInstanceOfSatisfying(
            ChainVerdict.Intact.class,
            intact -> {
              assertThat(intact.events()).isEqualTo(101);
              assertThat(intact.from()).isEqualTo(200);
              assertThat(intact.head().sequence()).isEqualTo(299);
              assertThat(intact.head().hash()).isEqualTo(stored(whole, 299).hash());
            });
  }

  @Test
  void an_imported_part_is_exported_as_the_same_bytes_and_so_is_a_part_of_it() throws Exception {
    // given
    ImportedLog original = importSample("part-there-and-back");
    byte[] file = export(original, 200, 299);
    byte[] smaller = export(original, 250, 299);
    database.registry().markDeleted(original.vsmmu().id());

    // when
    ImportedLog part =
        ((Imported) recordings.importFrom(new ByteArrayInputStream(file), Format.VSMMU, null))
            .vsmmus()
            .getFirst();

    // then
    assertThat(export(part)).isEqualTo(file);
    assertThat(export(part, 199, 299)).isEqualTo(file);
    assertThat(records(export(part, 250, 299))).isEqualTo(records(smaller));
  }

  private static List<LogRecord> records(byte[] file) throws Exception {
    LogFileReader reader = new LogFileReader(new ByteArrayInputStream(file));
    List<LogRecord> records = new ArrayList<>();
    while (reader.next() instanceof LogRecord record) {
      records.add(record);
    }
    return records;
  }

  /** Parts that begin with an access, within a decision, and in front of a host's answer. */
  @ParameterizedTest
  @ValueSource(longs = {1, 40, 63, 64, 65, 66, 67, 200, 1024, 1300})
  void an_imported_part_is_replayed_without_a_divergence(long first) throws Exception {
    // given
    byte[] file = export(importSample("replayed-from-" + first), first, 1313);
    int part =
        ((Imported) recordings.importFrom(new ByteArrayInputStream(file), Format.VSMMU, null))
            .vsmmus()
            .getFirst()
            .vsmmu()
            .id();

    // when
    ReplayReport commands = replay(part, new CommandReplay(true));
    ReplayReport events = replay(part, new EventReplay(new SimulatedReplayHost(), true));

    // then
    assertThat(commands.divergences()).isEmpty();
    assertThat(events.divergences()).isEmpty();
  }

  @Test
  void an_event_of_an_imported_part_that_was_changed_breaks_its_chain() throws Exception {
    // given
    byte[] file = export(importSample("chained"), 200, 299);
    int part =
        ((Imported) recordings.importFrom(new ByteArrayInputStream(file), Format.VSMMU, null))
            .vsmmus()
            .getFirst()
            .vsmmu()
            .id();
    database.writer().awaitTail();

    // when
    try (Connection connection = database.pool().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(
          "UPDATE event SET time_us = time_us + 1 WHERE vsmmu = %d AND sequence = 250"
              .formatted(part));
    }

    // then
    assertThat(database.verifier().verify(part))
        .isInstanceOfSatisfying(
            ChainVerdict.Broken.class, broken -> assertThat(broken.sequence()).isEqualTo(250));
  }

  private static StoredEvent stored(int id, long sequence) {
    return database.log().readPage(id, sequence, 1).getFirst();
  }

  private static byte[] export(ImportedLog log, long first, long last) throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    recordings.export(log.vsmmu(), first, last, out);
    return out.toByteArray();
  }

  @Test
  void a_damaged_file_is_refused_and_leaves_nothing() throws Exception {
    byte[] file = export(importSample("damaged"));
    int before = database.registry().list(0, 1000, true).size();
    for (int at = 0; at < file.length; at += file.length / 60) {
      byte[] damaged = file.clone();
      damaged[at] ^= 0x10;
      if (at >= file.length - body(file).length || at < 10) {
        assertThat(
                recordings.importFrom(
                    new ByteArrayInputStream(damaged), Format.VSMMU, "damaged-again"))
            .as("byte %d", at)
            .isInstanceOf(RecordingResult.Refused.class);
      }
    }
    assertThat(database.registry().list(0, 1000, true)).hasSize(before);
  }

  @Test
  void a_trace_that_starts_late_shows_what_it_tells_and_says_what_it_does_not() throws Exception {
    byte[] whole;
    try (InputStream in = RecordingRoundTripTest.class.getResourceAsStream(ACCELERATED)) {
      whole = in.readAllBytes();
    }
    byte[] end = Arrays.copyOfRange(whole, whole.length / 2, whole.length);

    Imported imported =
        (Imported)
            recordings.importFrom(new ByteArrayInputStream(end), Format.QEMU_TRACE, "middle");

    VsmmuState state = imported.vsmmus().getFirst().end();
    assertThat(state.health().status()).isEqualTo(Health.Status.PARTIAL);
    assertThat(state.health().reasons().getFirst())
        .contains("starts late")
        .contains("unknown: CR0, CR1, CR2, IRQ_CTRL, STRTAB_BASE, STRTAB_BASE_CFG, CMDQ_BASE");
    assertThat(state.commandQueueEnabled()).isTrue();
    assertThat(state.read(Register.CMDQ_CONS.offset(), 4)).isEqualTo(640);
  }

  @Test
  void replaying_the_recording_finds_no_divergence() throws Exception {
    int id = importSample("replayed").vsmmu().id();

    ReplayReport commands = replay(id, new CommandReplay(true));
    ReplayReport events = replay(id, new EventReplay(new SimulatedReplayHost(), true));

    assertThat(commands.divergences()).isEmpty();
    assertThat(events.divergences()).isEmpty();
    assertThat(events.hostOperations()).isGreaterThan(300);
  }

  @Test
  void a_host_that_fails_differently_is_found_at_its_first_failure() throws Exception {
    int id = importSample("diverging").vsmmu().id();

    ReplayReport events =
        replay(
            id, new EventReplay(new SimulatedReplayHost(FaultPlan.parse("attach:2:EBUSY")), true));

    assertThat(events.diverged()).isPositive();
    assertThat(events.divergences().getFirst().produced())
        .startsWith("EBUSY: ATTACH")
        .contains("0x900");
  }

  private static ReplayReport replay(int id, LogReplay replay) {
    try (replay) {
      database
          .log()
          .read(
              id,
              0,
              Long.MAX_VALUE,
              event -> replay.accept(EventCodec.decode(event.type(), event.payload())));
      return replay.finish();
    }
  }

  private static ImportedLog importSample(String name) throws Exception {
    try (InputStream in = RecordingRoundTripTest.class.getResourceAsStream(ACCELERATED)) {
      Imported imported = (Imported) recordings.importFrom(in, Format.QEMU_TRACE, name);
      assertThat(imported.vsmmus()).hasSize(1);
      return imported.vsmmus().getFirst();
    }
  }

  private static int id(String name) {
    return database.registry().byName(name).orElseThrow().id();
  }

  private static byte[] export(ImportedLog log) throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    recordings.export(log.vsmmu(), out);
    return out.toByteArray();
  }

  /** What follows the header: magic 8, version 2, length 4, fields, checksum 4. */
  private static byte[] body(byte[] file) {
    int length = java.nio.ByteBuffer.wrap(file, 10, 4).getInt();
    return Arrays.copyOfRange(file, 10 + 4 + length + 4, file.length);
  }
}
