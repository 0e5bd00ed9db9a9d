package io.vsmmu.bench;

import io.vsmmu.bench.Bench.Ratio;
import io.vsmmu.control.log.AxonDecisionLog;
import io.vsmmu.db.EventDatabase;
import io.vsmmu.db.embedded.EmbeddedDatabase;
import io.vsmmu.db.log.EventLogLimits;
import io.vsmmu.db.write.JournalSettings;
import io.vsmmu.smmu.stimulus.Durability;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * FAR: the time of one unmapping when every answer of the database takes 2 ms longer, relative to
 * that of a service whose database is near; both in turn, each with a PostgreSQL of its own.
 */
final class FarDatabase {

  private static final int WARM_UP = 3000;
  private static final int ROUNDS = 3;
  private static final int DOORBELLS = 2000;
  private static final Duration ONE_WAY = Duration.ofMillis(1);
  private static final String SOCKET_ARGUMENT = "socketFactoryArg=";

  private final InProcessService near;
  private final Path directory;

  /**
   * @param near the service whose database is near
   * @param directory for the other one
   */
  FarDatabase(InProcessService near, Path directory) {
    this.near = near;
    this.directory = directory;
  }

  List<Ratio> measure() throws Exception {
    try (EmbeddedDatabase postgres = EmbeddedDatabase.start(directory.resolve("postgres"));
        SlowLink slow =
            new SlowLink(directory.resolve("link"), socket(postgres.jdbcUrl()), ONE_WAY);
        EventDatabase database =
            EventDatabase.open(
                through(slow.path(), postgres.jdbcUrl()),
                JournalSettings.in(directory.resolve("journal")),
                EventLogLimits.DEFAULTS);
        AxonDecisionLog decisionLog = new AxonDecisionLog(database);
        InProcessService far =
            new InProcessService(database, decisionLog, directory.resolve("sockets"));
        LiveGuest nearGuest = near.booted("near", Durability.JOURNALED);
        LiveGuest farGuest = far.booted("far", Durability.JOURNALED)) {
      Samples nearTimes = new Samples();
      Samples farTimes = new Samples();
      nearGuest.unmapPages(WARM_UP);
      farGuest.unmapPages(WARM_UP);
      for (int round = 0; round < ROUNDS; round++) {
        nearTimes.add(nearGuest.unmapPages(DOORBELLS));
        farTimes.add(farGuest.unmapPages(DOORBELLS));
      }
      return List.of(
          new Ratio(
              "FAR",
              "p50 us, CMDQ_PROD to MSI, journaled, database 2 ms away : near",
              farTimes.micros(0.5),
              nearTimes.micros(0.5),
              new Goal.AtMost(1.1)),
          new Ratio(
              "FAR", "p99 us, the same", farTimes.micros(0.99), nearTimes.micros(0.99), Goal.NONE));
    }
  }

  /** The socket of the server in a URL of {@link EmbeddedDatabase#jdbcUrl()}. */
  private static Path socket(String url) {
    return Path.of(URLDecoder.decode(argument(url), StandardCharsets.UTF_8));
  }

  private static String through(Path link, String url) {
    return url.replace(
        SOCKET_ARGUMENT + argument(url),
        SOCKET_ARGUMENT + URLEncoder.encode(link.toString(), StandardCharsets.UTF_8));
  }

  private static String argument(String url) {
    int from = url.indexOf(SOCKET_ARGUMENT) + SOCKET_ARGUMENT.length();
    int to = url.indexOf('&', from);
    return url.substring(from, to < 0 ? url.length() : to);
  }
}
