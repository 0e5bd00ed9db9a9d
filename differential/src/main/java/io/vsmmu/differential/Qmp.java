package io.vsmmu.differential;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/** QEMU's machine protocol (docs/interop/qmp-spec.rst of QEMU): one JSON object on each line. */
final class Qmp implements AutoCloseable {

  private final ObjectMapper json = new ObjectMapper();
  private final SocketChannel channel;
  private final BufferedReader from;

  private Qmp(SocketChannel channel) {
    this.channel = channel;
    this.from = new BufferedReader(Channels.newReader(channel, StandardCharsets.UTF_8));
  }

  static Qmp connect(Path socket) throws IOException {
    Qmp qmp = new Qmp(SocketChannel.open(UnixDomainSocketAddress.of(socket)));
    qmp.line();
    qmp.execute("qmp_capabilities", "{}");
    return qmp;
  }

  /** Executes a command and gives its return value. */
  JsonNode execute(String command, String arguments) {
    try {
      send("{\"execute\":\"%s\",\"arguments\":%s}%n".formatted(command, arguments));
      while (true) {
        JsonNode answer = json.readTree(line());
        if (answer.has("return")) {
          return answer.get("return");
        }
        if (answer.has("error")) {
          throw new IllegalStateException("QMP: " + answer);
        }
      }
    } catch (IOException gone) {
      throw new QemuEndedException("QEMU ended at: " + command, gone);
    }
  }

  /** Resets the machine and waits until the reset is complete. */
  void reset() {
    try {
      send("{\"execute\":\"system_reset\"}\n");
      boolean reset = false;
      boolean answered = false;
      while (!reset || !answered) {
        JsonNode answer = json.readTree(line());
        reset |= answer.path("event").asString("").equals("RESET");
        answered |= answer.has("return");
      }
    } catch (IOException gone) {
      throw new QemuEndedException("QEMU ended at its reset", gone);
    }
  }

  private void send(String request) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(request.getBytes(StandardCharsets.UTF_8));
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  private String line() throws IOException {
    String line = from.readLine();
    if (line == null) {
      throw new QemuEndedException("QEMU closed its QMP socket");
    }
    return line;
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException unimportant) {
      throw new QemuEndedException("QMP", unimportant);
    }
  }
}
