package io.vsmmu.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.db.EventDatabase;
import io.vsmmu.db.embedded.EmbeddedDatabase;
import io.vsmmu.db.log.AppendDurability;
import io.vsmmu.db.log.EventLogLimits;
import io.vsmmu.db.log.NewEvent;
import io.vsmmu.db.seal.SealSettings;
import io.vsmmu.db.seal.Sealer;
import io.vsmmu.db.write.JournalSettings;
import io.vsmmu.scripted.guest.Await;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("slow")
class StoppedServiceTest {

  @TempDir private Path folder;

  @Test
  void the_history_of_a_service_that_does_not_run_is_verified_in_its_data_directory()
      throws Exception {
    // given
    Path data = folder.resolve("data");
    Path known = folder.resolve("checkpoints");
    write(data, known);

    // when
    Invocation intact =
        Invocation.of(
            "verify", "--data-dir", data.toString(), "--known-checkpoint", known.toString());
    Invocation nothing = Invocation.of("verify", "--data-dir", folder.toString());

    // then
    assertThat(intact.code()).as(intact.out() + intact.err()).isZero();
    assertThat(intact.out()).contains("INTACT", "covered");
    assertThat(nothing.code()).isEqualTo(2);
    assertThat(nothing.err()).contains("has no database of a service");
  }

  private static void write(Path data, Path known) throws Exception {
    Files.createDirectories(data);
    SealSettings settings =
        new SealSettings(
            data.resolve("key"), known, "example.com/stopped", 2, Duration.ofMillis(10));
    try (EmbeddedDatabase server = EmbeddedDatabase.start(data.resolve("postgres"));
        EventDatabase database =
            EventDatabase.open(
                server.jdbcUrl(),
                JournalSettings.in(data.resolve("journal")),
                EventLogLimits.DEFAULTS);
        Sealer sealer = new Sealer(database, settings)) {
      int vsmmu = database.registry().register("a", UUID.randomUUID(), 0).id();
      database
          .writer()
          .append(
              vsmmu,
              List.of(
                  new NewEvent(0, 1, 3, null, null, new byte[] {1}),
                  new NewEvent(1, 2, 3, 0L, null, new byte[] {2})),
              AppendDurability.SYNCED);
      sealer.start();
      assertThat(
              Await.within(
                  Duration.ofSeconds(60), Duration.ofMillis(20), () -> Files.exists(known)))
          .isTrue();
    }
  }
}
