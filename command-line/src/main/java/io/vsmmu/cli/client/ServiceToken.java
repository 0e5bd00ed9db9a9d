package io.vsmmu.cli.client;

import io.vsmmu.cli.output.ExitCode;
import io.vsmmu.cli.output.Failure;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The token that requests carry: of a file that the user names, of the variable {@link #VARIABLE},
 * or what a service on this machine has announced to its user. Without one of the first two, none
 * is sent to another machine.
 */
public final class ServiceToken {

  /** The environment variable with a token. */
  public static final String VARIABLE = "VSMMU_TOKEN";

  private static final int MOST_BYTES = 16 << 10;

  private final @Nullable String secret;
  private final String whereFrom;

  private ServiceToken(@Nullable String secret, String whereFrom) {
    this.secret = secret;
    this.whereFrom = whereFrom;
  }

  /** The token of a service that this process runs. */
  public static ServiceToken of(String secret) {
    return new ServiceToken(secret, "the one of the service");
  }

  /**
   * The token for a service.
   *
   * @param file that the user names; null for none
   * @param environment of this process
   * @throws Failure if that file cannot be read or holds no token
   */
  public static ServiceToken find(
      URI service, @Nullable Path file, Map<String, String> environment) {
    if (file != null) {
      return new ServiceToken(read(file), "that of --token-file " + file);
    }
    String variable = environment.get(VARIABLE);
    if (variable != null && !variable.isBlank()) {
      return new ServiceToken(checked(variable.strip(), VARIABLE), "that of " + VARIABLE);
    }
    List<Path> paths = AnnouncedToken.paths(service, environment);
    for (Path path : paths) {
      Optional<AnnouncedToken> found = AnnouncedToken.read(path);
      if (found.isPresent()) {
        return new ServiceToken(found.get().secret(), "that of " + path);
      }
    }
    return new ServiceToken(null, missing(paths));
  }

  private static String missing(List<Path> paths) {
    return paths.isEmpty()
        ? "none, because a token is sent to another machine only when it is named"
        : "none: the user of this command has no service at this address ("
            + String.join(", ", paths.stream().map(Path::toString).toList())
            + ")";
  }

  private static String read(Path file) {
    try (var in = Files.newInputStream(file)) {
      String text = new String(in.readNBytes(MOST_BYTES), StandardCharsets.UTF_8).strip();
      return checked(text, "--token-file " + file);
    } catch (IOException e) {
      throw new Failure(
          ExitCode.LOCAL, "--token-file '%s' cannot be read: %s".formatted(file, e), e);
    }
  }

  /** Refuses what no header can carry, without showing it. */
  private static String checked(String token, String source) {
    if (token.isEmpty() || !token.chars().allMatch(c -> c > ' ' && c <= '~')) {
      throw new Failure(
          ExitCode.USAGE, "%s holds no token; allowed: one line of ASCII".formatted(source));
    }
    return token;
  }

  /** The value of the header {@code Authorization}; empty if there is no token. */
  Optional<String> authorization() {
    return Optional.ofNullable(secret).map(it -> "Bearer " + it);
  }

  /** What a user whose request was refused for its token has to know. */
  String advice() {
    return "The token that was sent: "
        + whereFrom
        + "\n"
        + "  Give another one with --token-file FILE or VSMMU_TOKEN: that of the service's own user"
        + " is in the file token of its data directory";
  }
}
