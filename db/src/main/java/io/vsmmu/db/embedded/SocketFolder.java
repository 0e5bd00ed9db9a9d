package io.vsmmu.db.embedded;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Where the server's socket is: its data directory, which has mode 0700; or, when that makes a path
 * too long for a socket, a folder of mode 0700 in the system's temporary directory.
 */
final class SocketFolder {

  /** Bytes of a socket's path, without the zero at its end: {@code sun_path} of Linux. */
  private static final int PATH_BYTES = 107;

  /** A part of the socket's name, not a TCP port: there is none. */
  static final String PORT = "5432";

  private static final String SOCKET = ".s.PGSQL." + PORT;
  private static final String PREFIX = "vsmmu-pg";

  private static final int SOCKET_LINE = 4;

  private SocketFolder() {}

  /** The folder for a server of this data directory. */
  static Path of(Path data) throws IOException {
    return fits(data) ? data : Files.createTempDirectory(shortFolder(), PREFIX);
  }

  /** The user's own runtime directory, if there is one; not java.io.tmpdir, which may be deep. */
  private static Path shortFolder() {
    Path own = Path.of(System.getenv().getOrDefault("XDG_RUNTIME_DIR", "/tmp"));
    return own.isAbsolute() && Files.isWritable(own) ? own : Path.of("/tmp");
  }

  private static boolean fits(Path folder) {
    // PostgreSQL locks a socket by a file whose name is longer, but a socket's path is what counts.
    return socket(folder).toString().getBytes(StandardCharsets.UTF_8).length <= PATH_BYTES;
  }

  /** The socket in a folder. */
  static Path socket(Path folder) {
    return folder.resolve(SOCKET);
  }

  /** Removes a server's socket and, if it is not the data directory, the folder it was in. */
  static void remove(Path folder, Path data) throws IOException {
    boolean made = !folder.equals(data) && folder.toString().contains(PREFIX);
    if (made || folder.equals(data)) {
      removeSocket(folder);
    }
    if (made) {
      Files.deleteIfExists(folder);
    }
  }

  /** Removes a server's socket and the file that locks it. */
  static void removeSocket(Path folder) throws IOException {
    Files.deleteIfExists(socket(folder));
    Files.deleteIfExists(folder.resolve(SOCKET + ".lock"));
  }

  /** The folder that a killed server names in its process file. */
  static Path named(Path data) throws IOException {
    Path processFile = data.resolve(DataDirectory.PID_FILE);
    List<String> lines = Files.exists(processFile) ? Files.readAllLines(processFile) : List.of();
    return lines.size() > SOCKET_LINE && lines.get(SOCKET_LINE).startsWith("/")
        ? Path.of(lines.get(SOCKET_LINE))
        : data;
  }
}
