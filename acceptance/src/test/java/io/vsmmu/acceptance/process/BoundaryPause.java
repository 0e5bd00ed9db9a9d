package io.vsmmu.acceptance.process;

import io.vsmmu.db.write.JournalSettings;
import io.vsmmu.journal.JournalBoundary;
import io.vsmmu.journal.JournalLimits;
import io.vsmmu.posix.PosixException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Halts a service at a boundary of its journal, so that a test can end it, or its database, exactly
 * there. It becomes part of a service by {@link #classPath}, which nothing but a test has.
 *
 * <p>The test and the service share a folder: the file {@link #WANTED} names the boundary; the
 * thread that reaches it next makes {@link #REACHED} and waits for {@link #GO}. The journal has
 * small segments, so that each boundary is reached within a second of work.
 */
@Configuration(proxyBeanMethods = false)
public class BoundaryPause {

  private static final String FOLDER = "vsmmu.test.boundary";
  private static final String WANTED = "wanted";
  private static final String REACHED = "reached";
  private static final String GO = "go";

  /** In place of a boundary: the next fdatasync fails with EIO. */
  static final String EIO = "EIO";

  private static final int EIO_NUMBER = 5;
  private static final Duration POLL = Duration.ofMillis(2);
  private static final JournalLimits SMALL = new JournalLimits(1 << 16, 64, 2);

  /**
   * A folder for the class path of a service that makes this class a part of it, by Spring Boot's
   * list of auto-configurations.
   */
  static Path classPath(Path folder) throws IOException {
    Path list =
        folder.resolve(
            "META-INF/spring/org.springframework.boot.autoconfigure.AutoConfiguration.imports");
    Files.createDirectories(list.getParent());
    Files.writeString(list, BoundaryPause.class.getName());
    return folder;
  }

  /** The option of the JVM that names the shared folder. */
  static String option(Path folder) {
    return "-D%s=%s".formatted(FOLDER, folder);
  }

  /** Asks the service to halt when it reaches a boundary next. */
  static void want(Path folder, String boundary) throws IOException {
    Files.deleteIfExists(folder.resolve(GO));
    Files.deleteIfExists(folder.resolve(REACHED));
    Path whole = Files.writeString(folder.resolve("unfinished"), boundary);
    Files.move(whole, folder.resolve(WANTED), StandardCopyOption.ATOMIC_MOVE);
  }

  static boolean isReached(Path folder) {
    return Files.exists(folder.resolve(REACHED));
  }

  /** Lets the service continue. */
  static void letGo(Path folder) throws IOException {
    Files.createFile(folder.resolve(GO));
  }

  @Bean
  JournalSettings.Adjustment haltingJournal() {
    Halts halts = new Halts(Path.of(System.getProperty(FOLDER)));
    return given ->
        new JournalSettings(given.directory(), SMALL, given.acceptLoss(), halts::reached);
  }

  /** In the service. */
  private static final class Halts {

    private final Path folder;
    private volatile String wanted = "";

    Halts(Path folder) {
      this.folder = folder;
      look();
      Thread.ofPlatform().daemon().name("boundary-pause").start(this::watch);
    }

    private void watch() {
      while (true) {
        sleep();
        look();
      }
    }

    private void look() {
      try {
        wanted = Files.readString(folder.resolve(WANTED));
        Files.delete(folder.resolve(WANTED));
      } catch (NoSuchFileException notNow) {
        return;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    void reached(JournalBoundary boundary) throws PosixException {
      boolean fails = boundary == JournalBoundary.SYNCING && wanted.equals(EIO);
      if (fails || boundary.name().equals(wanted)) {
        halt();
        if (fails) {
          throw new PosixException("fdatasync", EIO_NUMBER);
        }
      }
    }

    private void halt() {
      wanted = "";
      try {
        Files.createFile(folder.resolve(REACHED));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      while (!Files.exists(folder.resolve(GO))) {
        sleep();
      }
    }

    private static void sleep() {
      try {
        Thread.sleep(POLL);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
