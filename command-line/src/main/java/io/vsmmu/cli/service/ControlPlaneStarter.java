package io.vsmmu.cli.service;

import io.vsmmu.cli.client.AnnouncedToken;
import io.vsmmu.cli.output.ExitCode;
import io.vsmmu.cli.output.Failure;
import io.vsmmu.rest.app.ControlPlane;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Starts the Spring application; the only class of the command line that sees it. */
public final class ControlPlaneStarter implements ServiceStarter {

  /**
   * Switched off: it logs the stack trace of a failed start, which the command reports in one line.
   */
  private static final String START_LOGGER =
      "logging.level.org.springframework.boot.SpringApplication";

  /** How long the process may take to end after the event log was lost. */
  private static final Duration END_WITHOUT_LOG = Duration.ofSeconds(30);

  private static final String NOT_ANNOUNCED =
      "The service's user has no private folder (XDG_RUNTIME_DIR, ~/.cache): commands need"
          + " --token-file or VSMMU_TOKEN.";

  private final PrintWriter err;

  /**
   * Makes a starter.
   *
   * @param err receives warnings at the start
   */
  public ControlPlaneStarter(PrintWriter err) {
    this.err = err;
  }

  @Override
  public LocalService start(ServiceSettings settings) {
    if (System.getProperty(START_LOGGER) == null) {
      System.setProperty(START_LOGGER, "OFF");
    }
    ServiceRights.limit(settings.dataDir(), err);
    Running running =
        new Running(
            ControlPlane.start(
                new ControlPlane.Options(
                    settings.dataDir(),
                    settings.journalDir(),
                    settings.acceptJournalLoss(),
                    settings.port(),
                    settings.listen(),
                    settings.host())));
    ServiceRights.warnInLog();
    running.announce(err);
    return running;
  }

  private record Running(ControlPlane.RunningService service) implements LocalService {

    /** Leaves the token where commands of the same user find it, until this process ends. */
    void announce(PrintWriter err) {
      AnnouncedToken token = AnnouncedToken.ofThisProcess(token());
      List<Path> paths = AnnouncedToken.paths(url(), System.getenv());
      Optional<Path> written = token.write(paths);
      written.ifPresent(
          path ->
              Runtime.getRuntime()
                  .addShutdownHook(new Thread(() -> token.remove(path), "token-removal")));
      if (written.isEmpty() && !paths.isEmpty()) {
        err.println("vsmmu: " + NOT_ANNOUNCED);
        err.flush();
      }
    }

    @Override
    public String token() {
      return service.localToken();
    }

    @Override
    public String sessionCode() {
      return service.sessionCode();
    }

    @Override
    public URI url() {
      return service.url();
    }

    @Override
    public void awaitEnd() throws InterruptedException {
      // A signal ends the process, and the shutdown hook of Spring closes the service.
      String reason = service.awaitLoss();
      haltLater();
      throw new Failure(ExitCode.LOG_LOST, reason);
    }

    /**
     * Halts the process after {@link #END_WITHOUT_LOG}, even if threads still wait for the log, so
     * that systemd or another supervisor can start it again.
     */
    private static void haltLater() {
      Thread.ofPlatform()
          .daemon()
          .name("halt-without-log")
          .start(
              () -> {
                try {
                  Thread.sleep(END_WITHOUT_LOG);
                  Runtime.getRuntime().halt(ExitCode.LOG_LOST.value());
                } catch (InterruptedException ended) {
                  Thread.currentThread().interrupt();
                }
              });
    }

    @Override
    public void close() {
      service.close();
    }
  }
}
