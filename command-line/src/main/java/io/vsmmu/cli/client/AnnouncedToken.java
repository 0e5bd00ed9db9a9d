package io.vsmmu.cli.client;

import io.vsmmu.db.embedded.PrivateFile;
import io.vsmmu.db.embedded.PrivateFolder;
import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * The token of a running service in a private folder of its user, under the service's address, so
 * that the same user's commands find it. It names the process of the service: a token is not sent
 * to what listens at the address after that process has ended.
 *
 * @param pid the service's process
 * @param started when that process was started, because numbers of processes are used again
 */
public record AnnouncedToken(String secret, long pid, Instant started) {

  private static final String SECRET = "token";
  private static final String PID = "pid";
  private static final String STARTED = "started";
  private static final int MOST_BYTES = 4096;

  /** The token of a service in this process. */
  public static AnnouncedToken ofThisProcess(String secret) {
    ProcessHandle self = ProcessHandle.current();
    return new AnnouncedToken(secret, self.pid(), started(self));
  }

  private static Instant started(ProcessHandle process) {
    return process.info().startInstant().orElse(Instant.EPOCH);
  }

  /**
   * The paths of the file of a service, in the order in which they are tried.
   *
   * @param environment of this process
   * @return empty if the service is not on loopback, or the user has no folder
   */
  public static List<Path> paths(URI service, Map<String, String> environment) {
    List<Path> paths = new ArrayList<>();
    for (String address : addresses(service)) {
      for (Path folder : folders(environment)) {
        paths.add(folder.resolve("%s_%d.token".formatted(address, service.getPort())));
      }
    }
    return paths;
  }

  /** The loopback addresses that the host of a URL means, as parts of file names. */
  private static List<String> addresses(URI service) {
    String host = String.valueOf(service.getHost());
    if (host.equalsIgnoreCase("localhost")) {
      return List.of("127.0.0.1", "0-0-0-0-0-0-0-1");
    }
    try {
      // Only literals: a name that resolves to loopback now may be another machine's later.
      boolean literal = host.startsWith("[") || host.matches("[0-9.]+");
      InetAddress address = literal ? InetAddress.getByName(host) : null;
      return address != null && address.isLoopbackAddress()
          ? List.of(address.getHostAddress().replace(':', '-'))
          : List.of();
    } catch (UnknownHostException malformed) {
      return List.of();
    }
  }

  private static List<Path> folders(Map<String, String> environment) {
    List<Path> folders = new ArrayList<>();
    folder(environment.get("XDG_RUNTIME_DIR"), "vsmmu").ifPresent(folders::add);
    folder(environment.get("XDG_CACHE_HOME"), "vsmmu/services")
        .or(() -> folder(environment.get("HOME"), ".cache/vsmmu/services"))
        .ifPresent(folders::add);
    return folders;
  }

  private static Optional<Path> folder(@Nullable String parent, String name) {
    try {
      return parent == null || !Path.of(parent).isAbsolute()
          ? Optional.empty()
          : Optional.of(Path.of(parent, name));
    } catch (InvalidPathException malformed) {
      return Optional.empty();
    }
  }

  /**
   * Writes the file with mode 0600, into the first folder that takes it.
   *
   * @return where it is; empty if the user has no folder for it
   */
  public Optional<Path> write(List<Path> paths) {
    for (Path path : paths) {
      try {
        Path folder = PrivateFolder.make(path.resolveSibling(""));
        Path file = folder.resolve(path.getFileName());
        PrivateFile.replace(file, text());
        return Optional.of(file);
      } catch (IOException next) {
        // The folder of XDG_RUNTIME_DIR is missing in some sessions; the other one serves then.
        continue;
      }
    }
    return Optional.empty();
  }

  private String text() throws IOException {
    Properties lines = new Properties();
    lines.setProperty(SECRET, secret);
    lines.setProperty(PID, String.valueOf(pid));
    lines.setProperty(STARTED, started.toString());
    StringWriter text = new StringWriter();
    lines.store(text, null);
    return text.toString();
  }

  /** The token in a file, if the process that wrote it still runs. */
  static Optional<AnnouncedToken> read(Path path) {
    try (var in = Files.newInputStream(path)) {
      Properties lines = new Properties();
      lines.load(new StringReader(new String(in.readNBytes(MOST_BYTES), StandardCharsets.UTF_8)));
      AnnouncedToken token =
          new AnnouncedToken(
              lines.getProperty(SECRET, ""),
              Long.parseLong(lines.getProperty(PID, "")),
              Instant.parse(lines.getProperty(STARTED, "")));
      return token.isOfRunningProcess() ? Optional.of(token) : Optional.empty();
    } catch (IOException | RuntimeException absentOrMalformed) {
      return Optional.empty();
    }
  }

  private boolean isOfRunningProcess() {
    return ProcessHandle.of(pid).filter(it -> started(it).equals(started)).isPresent();
  }

  /** Removes the file of a service that ends, unless another one has written its own since. */
  public void remove(Path path) {
    if (read(path).filter(this::equals).isPresent()) {
      try {
        Files.deleteIfExists(path);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
