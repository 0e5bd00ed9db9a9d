package io.vsmmu.db.embedded;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Chooses the folder of the server's Unix socket: the data directory, which has mode 0700; or, if
 * the socket's path would be too long there, a new folder of mode 0700 in the user's runtime
 * directory or in /tmp.
 */
final class SocketFolder {

  /** Longest path of a socket in bytes: {@code sun_path} of Linux without its terminating zero. */
  private static final int PATH_BYTES = 107;

  /** PostgreSQL makes it part of the socket's name; the server listens on no TCP port. */
  static final String PORT = "5432";

  private static final String SOCKET = ".s.PGSQL." + PORT;
  private static final String PREFIX = "vsmmu-pg";

  /** Index of the line of {@code postmaster.pid} that holds the socket's folder. */
  private static final int SOCKET_LINE = 4;

  private SocketFolder() {}

  /** The folder for the socket of a server on this data directory; creates it if necessary. */
  static Path of(Path data) throws IOException {
    return fits(data) ? data : Files.createTempDirectory(shortFolder(), PREFIX);
  }

  /** A writable folder with a short path. java.io.tmpdir is not used, as its path may be long. */
  private static Path shortFolder() {
    Path own = Path.of(System.getenv().getOrDefault("XDG_RUNTIME_DIR", "/tmp"));
    return own.isAbsolute() && Files.isWritable(own) ? own : Path.of("/tmp");
  }

  private static boolean fits(Path folder) {
    // The name of PostgreSQL's lock file for the socket is longer, but is not limited to 107 bytes.
    return socket(folder).toString().getBytes(StandardCharsets.UTF_8).length <= PATH_BYTES;
  }

  /** Path of the socket in a folder. */
  static Path socket(Path folder) {
    return folder.resolve(SOCKET);
  }

  /**
   * Deletes a server's socket, and its folder if {@link #of} created that. A folder that is neither
   * the data directory nor of this service is left as it is.
   */
  static void remove(Path folder, Path data) throws IOException {
    boolean made = !folder.equals(data) && folder.toString().contains(PREFIX);
    if (made || folder.equals(data)) {
      removeSocket(folder);
    }
    if (made) {
      Files.deleteIfExists(folder);
    }
  }

  /** Deletes a server's socket and its lock file. */
  static void removeSocket(Path folder) throws IOException {
    Files.deleteIfExists(socket(folder));
    Files.deleteIfExists(folder.resolve(SOCKET + ".lock"));
  }

  /**
   * The socket folder that {@code postmaster.pid} of a killed server names, else the data
   * directory.
   */
  static Path recorded(Path data) throws IOException {
    Path processFile = data.resolve(DataDirectory.PID_FILE);
    List<String> lines = Files.exists(processFile) ? Files.readAllLines(processFile) : List.of();
    return lines.size() > SOCKET_LINE && lines.get(SOCKET_LINE).startsWith("/")
        ? Path.of(lines.get(SOCKET_LINE))
        : data;
  }
}
