package io.vsmmu.rest.app;

import io.vsmmu.db.EventDatabase;
import io.vsmmu.db.embedded.EmbeddedDatabase;
import io.vsmmu.rest.access.LocalToken;
import io.vsmmu.rest.access.OneTimeCodes;
import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.springframework.boot.Banner;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.web.server.Ssl;
import org.springframework.boot.web.server.WebServer;
import org.springframework.boot.web.server.autoconfigure.ServerProperties;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;

@SpringBootApplication(scanBasePackages = "io.vsmmu.rest")
public class ControlPlane {

  /**
   * How to start.
   *
   * @param dataDir the folder of the embedded database and of the sockets
   * @param journalDir the folder of the journal
   * @param acceptJournalLoss whether to start although the journal lacks acknowledged events
   * @param port TCP port; 0 takes a free one
   * @param listen address to listen on
   * @param host {@code simulated} or {@code iommufd}
   */
  public record Options(
      Path dataDir,
      Path journalDir,
      boolean acceptJournalLoss,
      int port,
      String listen,
      String host) {}

  /** A running service, which is ended by {@link #close}. */
  public static final class RunningService implements AutoCloseable {

    private final ConfigurableApplicationContext context;
    private final String listen;

    RunningService(ConfigurableApplicationContext context, String listen) {
      this.context = context;
      this.listen = listen;
    }

    /** The URL that the service listens at. */
    public URI url() {
      WebServer server = ((WebServerApplicationContext) context).getWebServer();
      int port = Objects.requireNonNull(server, "the web server has started").getPort();
      String address = listen.equals("0.0.0.0") || listen.equals("::") ? "127.0.0.1" : listen;
      return URI.create(
          "%s://%s:%d"
              .formatted(
                  isEncrypted() ? "https" : "http",
                  address.contains(":") ? "[" + address + "]" : address,
                  port));
    }

    private boolean isEncrypted() {
      return Ssl.isEnabled(context.getBean(ServerProperties.class).getSsl());
    }

    /** A code that begins one session of the service's own user, within 5 minutes. */
    public String sessionCode() {
      return context.getBean(OneTimeCodes.class).ofLocalUser();
    }

    /** The secret of the service's own user, who may do everything. */
    public String localToken() {
      return context.getBean(LocalToken.class).secret();
    }

    /**
     * Blocks until the log can never be written again.
     *
     * @return why
     */
    public String awaitLoss() throws InterruptedException {
      CompletableFuture<String> database =
          context.getBeanProvider(EmbeddedDatabase.class).stream()
              .findFirst()
              .map(EmbeddedDatabase::givenUp)
              .orElseGet(CompletableFuture::new);
      CompletableFuture<String> journal = context.getBean(EventDatabase.class).writer().lost();
      try {
        return database.applyToEither(journal, reason -> reason).get();
      } catch (ExecutionException failed) {
        return String.valueOf(failed.getMessage());
      }
    }

    @Override
    public void close() {
      context.close();
    }
  }

  /**
   * Starts the service and returns when it answers.
   *
   * @throws RuntimeException with a message for people when it cannot start
   */
  public static RunningService start(Options options) {
    SpringApplication application = new SpringApplication(ControlPlane.class);
    application.setBannerMode(Banner.Mode.OFF);
    Map<String, Object> settings = new TreeMap<>();
    settings.put("server.port", options.port());
    settings.put("server.address", options.listen());
    settings.put("vsmmu.data-dir", options.dataDir().toString());
    settings.put("vsmmu.journal-dir", options.journalDir().toString());
    settings.put("vsmmu.accept-journal-loss", options.acceptJournalLoss());
    settings.put("server.tomcat.basedir", options.dataDir().resolve("tmp/tomcat").toString());
    settings.put("vsmmu.host", options.host());
    String[] arguments =
        settings.entrySet().stream()
            .map(e -> "--%s=%s".formatted(e.getKey(), e.getValue()))
            .toArray(String[]::new);
    return new RunningService(application.run(arguments), options.listen());
  }
}
