package io.vsmmu.cli.client;

import io.vsmmu.cli.output.ExitCode;
import io.vsmmu.cli.output.Failure;
import io.vsmmu.posix.Fd;
import io.vsmmu.posix.PosixException;
import io.vsmmu.posix.PosixLimits;
import io.vsmmu.posix.UnixStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * A connection to {@code host.sock}, on which the service takes file descriptors. Every method
 * throws {@link Failure} when the socket cannot be used ({@link ExitCode#UNREACHABLE}) or the
 * service refuses ({@link ExitCode#REFUSED}).
 */
public final class DescriptorSocket implements AutoCloseable {

  private static final Duration ANSWER = Duration.ofSeconds(30);
  private static final int ANSWER_BYTES = 64 * 1024;

  private final Path path;
  private final UnixStream stream;

  private DescriptorSocket(Path path, UnixStream stream) {
    this.path = path;
    this.stream = stream;
  }

  /** Connects without sending anything; an answer may take 30 s later. */
  public static DescriptorSocket connect(Path path) {
    try {
      UnixStream stream = UnixStream.connect(path);
      stream.receiveTimeout(ANSWER);
      stream.sendTimeout(ANSWER);
      return new DescriptorSocket(path, stream);
    } catch (PosixException refused) {
      throw unusable(path, refused);
    }
  }

  /**
   * Sends one line of JSON with descriptors, and awaits the answer. One sendmsg(2) carries at most
   * {@link PosixLimits#DESCRIPTORS}. More of them are sent in several calls, each with a part of
   * the line; the service takes all of the descriptors or none.
   *
   * @param descriptors at least one, as the message numbers them; the caller still closes them
   * @return the answer, an object without {@code problem}
   */
  public JsonNode send(JsonNode message, List<Fd> descriptors) {
    byte[] line =
        (ServiceClient.JSON.writeValueAsString(message) + "\n").getBytes(StandardCharsets.UTF_8);
    ByteBuffer text = ByteBuffer.allocateDirect(line.length).put(line).flip();
    try {
      for (int first = 0; first < descriptors.size(); first += PosixLimits.DESCRIPTORS) {
        int end = Math.min(first + PosixLimits.DESCRIPTORS, descriptors.size());
        text.limit(end < descriptors.size() ? text.position() + 1 : line.length);
        stream.send(text, descriptors.subList(first, end));
      }
      return answer();
    } catch (PosixException lost) {
      throw unusable(path, lost);
    }
  }

  private JsonNode answer() throws PosixException {
    ByteBuffer buffer = ByteBuffer.allocateDirect(ANSWER_BYTES);
    while (buffer.hasRemaining() && stream.receive(buffer) > 0) {
      if (buffer.get(buffer.position() - 1) == '\n') {
        break;
      }
    }
    String text = StandardCharsets.UTF_8.decode(buffer.flip()).toString();
    try {
      JsonNode answer = ServiceClient.JSON.readTree(text);
      refuse(answer.path("problem"));
      return answer;
    } catch (JacksonException malformed) {
      throw new Failure(
          ExitCode.UNREACHABLE,
          "%s: the answer is no JSON%n  Name the service with --url or VSMMU_URL".formatted(path),
          malformed);
    }
  }

  private static void refuse(JsonNode problem) {
    if (!problem.isMissingNode()) {
      throw new Failure(
          ExitCode.REFUSED,
          "%s: %s%n  %s"
              .formatted(
                  problem.path("subject").asString(""),
                  problem.path("found").asString(""),
                  problem.path("remedy").asString("")));
    }
  }

  private static Failure unusable(Path path, PosixException failed) {
    return new Failure(
        ExitCode.UNREACHABLE,
        "%s: %s%n  Run as the service's user or as root, on its machine"
            .formatted(path, failed.getMessage()),
        failed);
  }

  @Override
  public void close() {
    stream.close();
  }
}
