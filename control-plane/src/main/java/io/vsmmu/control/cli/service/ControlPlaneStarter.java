package io.vsmmu.control.cli.service;

import io.vsmmu.control.app.ControlPlane;
import java.net.URI;
import java.util.concurrent.CountDownLatch;

/** Starts the control plane; the only way from the command line to Spring. */
public final class ControlPlaneStarter implements ServiceStarter {

  /** Its only messages are stack traces of failed starts, which the command tells in one line. */
  private static final String START_LOGGER =
      "logging.level.org.springframework.boot.SpringApplication";

  @Override
  public LocalService start(ServiceSettings settings) {
    if (System.getProperty(START_LOGGER) == null) {
      System.setProperty(START_LOGGER, "OFF");
    }
    return new Running(
        ControlPlane.start(
            new ControlPlane.Options(
                settings.dataDir(), settings.port(), settings.listen(), settings.host())));
  }

  private record Running(ControlPlane.RunningService service) implements LocalService {

    @Override
    public URI url() {
      return service.url();
    }

    @Override
    public void awaitEnd() throws InterruptedException {
      // A signal ends the process, and the service's own shutdown hook closes it.
      new CountDownLatch(1).await();
    }

    @Override
    public void close() {
      service.close();
    }
  }
}
