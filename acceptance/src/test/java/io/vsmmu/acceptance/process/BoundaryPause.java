package io.vsmmu.acceptance.process;

import io.vsmmu.boundary.Boundary;
import io.vsmmu.boundary.BoundaryObserver;
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
 * Halts a service at a boundary, so that a test can end it, or its database, exactly there. It
 * becomes part of a service by {@link #classPath}, which nothing but a test has: as the observer of
 * all boundaries, and as the configuration of its journal.
 *
 * <p>The test and the service share a folder: the file {@link #WANTED} names the boundary; the
 * thread that reaches it next makes {@link #REACHED} and waits for {@link #GO}. The journal has
 * small segments, so that each boundary is reached within a second of work.
 */
@Configuration(proxyBeanMethods = false)
public class BoundaryPause implements BoundaryObserver {

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
   * list of auto-configurations and the list of observers.
   */
  static Path classPath(Path folder) throws IOException {
    Path list =
        folder.resolve(
            "META-INF/spring/org.springframework.boot.autoconfigure.AutoConfiguration.imports");
    Files.createDirectories(list.getParent());
    Files.writeString(list, BoundaryPause.class.getName());
    Path services = Files.createDirectories(folder.resolve("META-INF/services"));
    Files.writeString(
        services.resolve(BoundaryObserver.class.getName()), BoundaryPause.class.getName());
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

  /** The name of a boundary: its enum's and its own. */
  static String nameOf(Boundary boundary) {
    return boundary.getClass().getSimpleName() + "." + boundary.name();
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
    return given ->
        new JournalSettings(given.directory(), SMALL, given.acceptLoss(), Halts.ONE::ofJournal);
  }

  @Override
  public void reached(Boundary boundary) {
    Halts.ONE.reached(boundary);
  }

  /** In the service. */
  private static final class Halts {

    static final Halts ONE = new Halts(Path.of(System.getProperty(FOLDER)));

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

    void ofJournal(JournalBoundary boundary) throws PosixException {
      if (boundary == JournalBoundary.SYNCING && wanted.equals(EIO)) {
        halt();
        throw new PosixException("fdatasync", EIO_NUMBER);
      }
      reached(boundary);
    }

    void reached(Boundary boundary) {
      if (wanted.endsWith(boundary.name()) && wanted.equals(nameOf(boundary))) {
        halt();
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
