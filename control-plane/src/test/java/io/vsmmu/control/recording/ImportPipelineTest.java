package io.vsmmu.control.recording;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vsmmu.control.offline.OfflineVsmmu;
import io.vsmmu.control.offline.SimulatedReplayHost;
import io.vsmmu.control.recording.ImportProgress.Phase;
import io.vsmmu.control.recording.ImportProgress.Status;
import io.vsmmu.control.recording.RecordingResult.Imported;
import io.vsmmu.control.recording.RecordingResult.ImportedLog;
import io.vsmmu.control.recording.RecordingService.Format;
import io.vsmmu.db.EventDatabase;
import io.vsmmu.db.log.EventLogLimits;
import io.vsmmu.db.write.JournalSettings;
import io.vsmmu.recordings.qemu.QemuTraceImporter;
import io.vsmmu.smmu.stimulus.Stimulus;
import io.vsmmu.smmu.stimulus.Stimulus.KeepLines;
import io.vsmmu.smmu.wire.EventCodec;
import io.vsmmu.testing.TestPostgres;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import org.axonframework.eventsourcing.eventstore.EventStoreException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Tag("slow")
@Timeout(120)
class ImportPipelineTest {

  private static final String ACCELERATED = "/samples/qemu-11.1.3-accel-e1000e.trace.log";
  private static final String EMULATED = "/samples/qemu-11.1.3-emulated-boot.trace.log";

  @TempDir static Path dir;
  private static EventDatabase database;
  private static RecordingService recordings;

  @BeforeAll
  static void start() throws Exception {
    database = open();
    recordings = new RecordingService(database, dir.resolve("uploads"), 1 << 30, Clock.systemUTC());
  }

  private static EventDatabase open() throws Exception {
    String url = TestPostgres.newDatabase();
    return EventDatabase.open(
        url, JournalSettings.in(TestPostgres.journal(url)), EventLogLimits.DEFAULTS);
  }

  @AfterAll
  static void stop() throws Exception {
    database.close();
  }

  @Test
  void the_stored_events_are_those_of_deciding_stimulus_by_stimulus() throws Exception {
    for (long seed = 1; seed <= 10; seed++) {
      // given
      String trace = randomTrace(new Random(seed));

      // when
      RecordingResult result = imported(trace, "random-" + seed);

      // then
      List<List<String>> expected = decidedOneByOne(trace);
      if (result instanceof Imported stored) {
        assertThat(stored.vsmmus().stream().map(ImportPipelineTest::storedEvents).toList())
            .as("seed %d", seed)
            .isEqualTo(expected);
      } else {
        assertThat(expected).as("seed %d", seed).isEmpty();
      }
    }
  }

  @Test
  void an_import_that_is_stopped_at_any_moment_leaves_nothing() throws Exception {
    String trace = boots(60);
    for (int seed = 0; seed < 4; seed++) {
      // given
      String name = "stopped-" + seed;
      UUID id = UUID.randomUUID();
      long stored = seed == 0 ? 0 : new Random(seed).nextLong(20_000);
      Thread stopper =
          Thread.ofPlatform()
              .start(
                  () -> {
                    awaitEvents(recordings, id, stored);
                    stop(id);
                  });

      // when
      assertThatThrownBy(() -> imported(recordings, trace, name, id))
          .as("seed %d", seed)
          .isInstanceOf(ImportStoppedException.class);

      // then
      stopper.join();
      assertThat(recordings.progress(id).orElseThrow().status()).isEqualTo(Status.STOPPED);
      nothingIsLeft(database, name);
    }
  }

  @Test
  void an_import_whose_log_fails_leaves_nothing() throws Exception {
    // given
    try (EventDatabase failing = open()) {
      RecordingService service =
          new RecordingService(failing, dir.resolve("failing"), 1 << 30, Clock.systemUTC());
      UUID id = UUID.randomUUID();
      Thread closer =
          Thread.ofPlatform()
              .start(
                  () -> {
                    awaitEvents(service, id, 1);
                    failing.writer().close();
                  });

      // when
      assertThatThrownBy(() -> imported(service, boots(60), "unlogged", id))
          // then
          .isInstanceOf(EventStoreException.class);
      closer.join();
      assertThat(service.progress(id).orElseThrow().status()).isEqualTo(Status.FAILED);
      nothingIsLeft(failing, "unlogged");
    }
  }

  @Test
  void two_recordings_are_imported_at_the_same_time() throws Exception {
    // given
    String large = boots(60);
    UUID id = UUID.randomUUID();
    AtomicReference<RecordingResult> first = new AtomicReference<>();
    Thread importing =
        Thread.ofPlatform().start(() -> first.set(imported(recordings, large, "in-front", id)));
    awaitEvents(recordings, id, 1);

    // when
    UUID beside = UUID.randomUUID();
    RecordingResult second = imported(recordings, text(EMULATED), "beside", beside);
    importing.join();

    // then
    assertThat(second).isInstanceOf(Imported.class);
    assertThat(recordings.progress(beside).orElseThrow().ended())
        .isBefore(recordings.progress(id).orElseThrow().ended());
    assertThat(storedEvents(((Imported) first.get()).vsmmus().getFirst()))
        .isEqualTo(decidedOneByOne(large).getFirst());
  }

  @Test
  void a_vsmmu_is_renamed_when_a_second_one_is_found() throws Exception {
    // given
    String taken = "pair-a";
    assertThat(imported(text(EMULATED), taken)).isInstanceOf(Imported.class);
    String twice = text(EMULATED) + text(EMULATED);

    // when
    Imported both = (Imported) imported(twice, "pair");

    // then
    assertThat(both.vsmmus().stream().map(v -> v.vsmmu().name()))
        .containsExactly("pair-a-2", "pair-b");
    assertThat(database.registry().byName("pair")).isEmpty();
    assertThat(database.registry().byName("pair-a-2").orElseThrow().id())
        .isEqualTo(both.vsmmus().getFirst().vsmmu().id());
  }

  private static void nothingIsLeft(EventDatabase in, String name) {
    assertThat(in.registry().byName(name)).isEmpty();
    assertThat(in.registry().importing()).isEmpty();
    assertThat(in.registry().list(0, 1000, true)).noneMatch(v -> v.name().equals(name));
  }

  private static RecordingResult imported(String trace, String name) {
    return imported(recordings, trace, name, UUID.randomUUID());
  }

  private static RecordingResult imported(
      RecordingService service, String trace, String name, UUID id) {
    try {
      return service.importFrom(
          new ByteArrayInputStream(trace.getBytes(StandardCharsets.UTF_8)),
          new ImportRequest(id, Format.QEMU_TRACE, name, null, -1, () -> false));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void awaitEvents(RecordingService service, UUID id, long events) {
    while (service
        .progress(id)
        .filter(it -> it.events() >= events && it.phase() == Phase.STORING)
        .isEmpty()) {
      Thread.onSpinWait();
    }
  }

  private static void stop(UUID id) {
    try {
      assertThat(recordings.stop(id)).isPresent();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Sequence, cause, type and payload of each stored event. */
  private static List<String> storedEvents(ImportedLog log) {
    List<String> events = new ArrayList<>();
    database
        .log()
        .read(
            log.vsmmu().id(),
            0,
            Long.MAX_VALUE,
            event ->
                events.add(text(event.sequence(), event.cause(), event.type(), event.payload())));
    return events;
  }

  private static String text(long sequence, Long cause, int type, byte[] payload) {
    return sequence + " " + cause + " " + type + " " + Base64.getEncoder().encodeToString(payload);
  }

  /** The same of the events that the stimuli of a trace give one by one; a list for each vSMMU. */
  private static List<List<String>> decidedOneByOne(String trace) throws IOException {
    TreeMap<Integer, List<String>> events = new TreeMap<>();
    TreeMap<Integer, SimulatedReplayHost> hosts = new TreeMap<>();
    TreeMap<Integer, OfflineVsmmu> vsmmus = new TreeMap<>();
    QemuTraceImporter.read(
        new ByteArrayInputStream(trace.getBytes(StandardCharsets.UTF_8)),
        (index, stimulus, line, _) -> {
          List<String> log = events.computeIfAbsent(index, _ -> new ArrayList<>());
          SimulatedReplayHost host = hosts.computeIfAbsent(index, _ -> new SimulatedReplayHost());
          OfflineVsmmu vsmmu =
              vsmmus.computeIfAbsent(
                  index,
                  _ ->
                      new OfflineVsmmu(
                          host.objects(),
                          (sequence, cause, event) ->
                              log.add(
                                  text(
                                      sequence,
                                      cause.isPresent() ? cause.getAsLong() : null,
                                      EventCodec.typeOf(event),
                                      EventCodec.encode(event)))));
          decide(vsmmu, host, stimulus, line);
        });
    hosts.values().forEach(SimulatedReplayHost::close);
    return List.copyOf(events.values());
  }

  private static void decide(
      OfflineVsmmu vsmmu, SimulatedReplayHost host, Stimulus stimulus, long line) {
    host.prepare(stimulus);
    vsmmu
        .submit(stimulus)
        .ifPresent(
            problem -> vsmmu.submit(new KeepLines(line, List.of("refused: " + problem.refusal()))));
  }

  /** Pieces of the bundled recordings, with lines missing, doubled, damaged and exchanged. */
  private static String randomTrace(Random random) throws IOException {
    List<String> lines = new ArrayList<>();
    for (int piece = random.nextInt(1, 4); piece > 0; piece--) {
      List<String> source = text(random.nextBoolean() ? ACCELERATED : EMULATED).lines().toList();
      int from = random.nextInt(3) == 0 ? random.nextInt(source.size()) : 0;
      lines.addAll(source.subList(from, random.nextInt(from, source.size()) + 1));
    }
    for (int damage = random.nextInt(12); damage > 0; damage--) {
      int at = random.nextInt(lines.size());
      switch (random.nextInt(4)) {
        case 0 -> lines.remove(at);
        case 1 -> lines.add(at, lines.get(random.nextInt(lines.size())));
        case 2 -> lines.set(at, lines.get(at).substring(lines.get(at).length() / 2));
        default -> lines.add(lines.remove(at));
      }
      if (lines.isEmpty()) {
        lines.add("");
      }
    }
    return String.join("\n", lines) + "\n";
  }

  /** A guest that boots again and again. */
  private static String boots(int count) throws IOException {
    return text(ACCELERATED).repeat(count);
  }

  private static String text(String resource) throws IOException {
    try (InputStream in = ImportPipelineTest.class.getResourceAsStream(resource)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
