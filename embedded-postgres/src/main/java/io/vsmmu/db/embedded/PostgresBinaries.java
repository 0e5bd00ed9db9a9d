package io.vsmmu.db.embedded;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.jspecify.annotations.Nullable;
import org.tukaani.xz.XZInputStream;

/**
 * Unpacks PostgreSQL's programs from an archive on the class path. They are kept in the user's
 * cache, {@code $XDG_CACHE_HOME/vsmmu} or {@code ~/.cache/vsmmu}, or, if that is not usable, beside
 * the data directory: in a folder of mode 0700 named after the archive's SHA-256. The folder gets
 * this name when it is complete, so that an interrupted unpacking is never used.
 */
final class PostgresBinaries {

  private static final Logger LOGGER = System.getLogger(PostgresBinaries.class.getName());

  private static final int EXECUTABLE = 0100;
  private static final int NAME_CHARS = 16;

  private static final String PREFIX = "postgresql-";
  private static final Pattern SERVER =
      Pattern.compile(
          ".*/%s[0-9a-f]{%d}/bin/postgres( \\(deleted\\))?".formatted(PREFIX, NAME_CHARS));

  /**
   * A file lock excludes other processes only, and is lost when another thread that was refused it
   * closes the file.
   */
  private static final ReentrantLock UNPACKING = new ReentrantLock();

  private PostgresBinaries() {}

  /**
   * The folder with {@code bin}, {@code lib} and {@code share}; unpacks it if it does not exist.
   * Waits while another process or thread unpacks it.
   *
   * @param beside folder to use if the user's cache is not usable
   * @throws IOException if the archives hold no PostgreSQL for this machine, or it cannot be
   *     written
   */
  static Path unpacked(Path beside) throws IOException {
    return unpackedIn(folder(beside));
  }

  /** The same, in a given folder, which exists. */
  static Path unpackedIn(Path cache) throws IOException {
    String archive = archive();
    String name = PREFIX + digest(archive).substring(0, NAME_CHARS);
    Path home = cache.resolve(name);
    if (isComplete(home)) {
      return home;
    }
    UNPACKING.lock();
    try (FileChannel lock =
        FileChannel.open(
            cache.resolve(name + ".lock"),
            Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
            PrivateFolder.fileMode())) {
      // Held until the channel is closed.
      lock.lock();
      if (!isComplete(home)) {
        unpack(archive, cache.resolve(name + ".part"), home);
      }
    } finally {
      UNPACKING.unlock();
    }
    return home;
  }

  /**
   * Whether an executable is a server that this class unpacked, in this version or an earlier one
   * and in any cache folder.
   *
   * @param executable as /proc/PID/exe names it, with the suffix {@code (deleted)} if the file was
   *     deleted
   */
  static boolean isServer(Path executable) {
    return SERVER.matcher(executable.toString()).matches();
  }

  private static boolean isComplete(Path home) {
    return Files.isDirectory(home, LinkOption.NOFOLLOW_LINKS);
  }

  /** The user's cache if it is usable, else the folder beside the data. */
  private static Path folder(Path beside) throws IOException {
    Path cache = userCache();
    if (cache != null) {
      try {
        return PrivateFolder.make(cache);
      } catch (FileSystemException unusable) {
        LOGGER.log(
            Level.DEBUG,
            "PostgreSQL is unpacked into {0}, not into the user''s cache: {1}",
            beside,
            unusable.getMessage());
      }
    }
    return PrivateFolder.make(beside);
  }

  private static @Nullable Path userCache() {
    String named = System.getenv().getOrDefault("XDG_CACHE_HOME", "");
    if (named.startsWith("/")) {
      return Path.of(named, "vsmmu");
    }
    Path home = Path.of(System.getProperty("user.home", "?"));
    return home.isAbsolute() && Files.isDirectory(home) ? home.resolve(".cache/vsmmu") : null;
  }

  private static String archive() throws IOException {
    String system = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
    String processor =
        switch (System.getProperty("os.arch", "")) {
          case "amd64", "x86_64" -> "x86_64";
          case "aarch64", "arm64" -> "arm_64";
          default -> System.getProperty("os.arch", "");
        };
    // There is no archive for macOS on Arm; Rosetta 2 runs the x86-64 programs there.
    String name =
        system.startsWith("mac")
            ? "postgres-darwin-x86_64"
            : "postgres-linux-" + processor + (isMusl() ? "-alpine_linux" : "");
    String file = "/" + name + ".txz";
    if (PostgresBinaries.class.getResource(file) == null) {
      throw new IOException(
          "This program contains no PostgreSQL for this machine (%s %s): give one by spring.datasource.url"
              .formatted(system, processor));
    }
    return file;
  }

  private static boolean isMusl() {
    return Files.exists(Path.of("/etc/alpine-release"));
  }

  private static InputStream open(String archive) throws IOException {
    InputStream stream = PostgresBinaries.class.getResourceAsStream(archive);
    if (stream == null) {
      throw new IOException("The archive " + archive + " is no longer on the class path");
    }
    return stream;
  }

  private static String digest(String archive) throws IOException {
    try (DigestInputStream stream =
        new DigestInputStream(open(archive), MessageDigest.getInstance("SHA-256"))) {
      stream.transferTo(java.io.OutputStream.nullOutputStream());
      return HexFormat.of().formatHex(stream.getMessageDigest().digest());
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("every JDK has SHA-256", impossible);
    }
  }

  private static void unpack(String archive, Path part, Path home) throws IOException {
    delete(part);
    Files.createDirectory(part, PosixFilePermissions.asFileAttribute(PrivateFolder.FOLDER_MODE));
    try (TarArchiveInputStream tar =
        new TarArchiveInputStream(
            new XZInputStream(new BufferedInputStream(open(archive), 1 << 16)))) {
      for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
        write(tar, entry, part);
      }
    } catch (IOException | RuntimeException failed) {
      delete(part);
      throw failed;
    }
    Files.move(part, home, StandardCopyOption.ATOMIC_MOVE);
  }

  private static void write(InputStream content, TarArchiveEntry entry, Path folder)
      throws IOException {
    Path path = folder.resolve(entry.getName()).normalize();
    if (!path.startsWith(folder)) {
      throw new IOException("An entry of the archive leads out of its folder: " + entry.getName());
    }
    if (entry.isDirectory()) {
      Files.createDirectories(path);
      return;
    }
    Path parent = path.getParent();
    if (parent != null) {
      Files.createDirectories(parent);
    }
    if (entry.isSymbolicLink()) {
      Files.createSymbolicLink(path, Path.of(entry.getLinkName()));
    } else if (entry.isFile()) {
      Files.copy(content, path);
      Files.setPosixFilePermissions(path, mode(entry));
    } else {
      throw new IOException("The archive has an entry of an unknown kind: " + entry.getName());
    }
  }

  private static Set<PosixFilePermission> mode(TarArchiveEntry entry) {
    Set<PosixFilePermission> mode = EnumSet.copyOf(PrivateFolder.FILE_MODE);
    if ((entry.getMode() & EXECUTABLE) != 0) {
      mode.add(PosixFilePermission.OWNER_EXECUTE);
    }
    return mode;
  }

  /**
   * Deletes a folder with everything in it; links are not followed. Does nothing if it is absent.
   */
  static void delete(Path folder) throws IOException {
    if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path one : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(one);
      }
    }
  }
}
