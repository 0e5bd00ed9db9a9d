package io.vsmmu.cli.service;

import io.vsmmu.cli.outcome.ExitCode;
import io.vsmmu.cli.outcome.Failure;
import io.vsmmu.rest.app.ControlPlane;
import java.io.PrintWriter;
import java.net.URI;
import java.time.Duration;

/** Starts the control plane; the only way from the command line to Spring. */
public final class ControlPlaneStarter implements ServiceStarter {

  /** Its only messages are stack traces of failed starts, which the command tells in one line. */
  private static final String START_LOGGER =
      "logging.level.org.springframework.boot.SpringApplication";

  /** How long an end without a log may take. */
  private static final Duration PATIENCE_AT_LOSS = Duration.ofSeconds(30);

  private final PrintWriter err;

  /**
   * A starter.
   *
   * @param err for what people have to be told at the start
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
                    settings.dataDir(), settings.port(), settings.listen(), settings.host())));
    ServiceRights.tellLog();
    return running;
  }

  private record Running(ControlPlane.RunningService service) implements LocalService {

    @Override
    public URI url() {
      return service.url();
    }

    @Override
    public void awaitEnd() throws InterruptedException {
      // A signal ends the process, and the service's own shutdown hook closes it.
      String reason = service.awaitLoss();
      endAtLast();
      throw new Failure(ExitCode.LOG_LOST, reason);
    }

    /** Whatever waits for the log meanwhile: whoever supervises this process shall see its end. */
    private static void endAtLast() {
      Thread.ofPlatform()
          .daemon()
          .name("end-at-last")
          .start(
              () -> {
                try {
                  Thread.sleep(PATIENCE_AT_LOSS);
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
