package io.vsmmu.rest.web;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.catalina.Context;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.startup.Tomcat;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Clients that connect and stay silent keep no other client out, though nothing else ends them. */
@Tag("slow")
@Timeout(60)
class CrowdedConnectionsTest {

  private static final int MOST = 64;
  private static final int MOST_OF_CLIENT = MOST / 2;
  private static final String OTHER = "127.0.0.2";
  private static final String FOR_EVER = "-1";

  @TempDir Path base;
  private final Tomcat tomcat = new Tomcat();
  private final List<Socket> sockets = new ArrayList<>();
  private int port;

  /** Answers when the test lets it. */
  private static final class Answer extends HttpServlet {

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response)
        throws IOException {
      response.getWriter().print("here");
    }
  }

  @BeforeEach
  void start() throws Exception {
    tomcat.setBaseDir(base.toString());
    Connector connector = new Connector(BoundedHttpProtocol.class.getName());
    connector.setPort(0);
    connector.setProperty("address", "127.0.0.1");
    connector.setProperty("maxConnections", String.valueOf(MOST));
    connector.setProperty("acceptCount", "1024");
    connector.setProperty("connectionTimeout", FOR_EVER);
    connector.setProperty("keepAliveTimeout", FOR_EVER);
    assertThat(connector.getProtocolHandler())
        .isInstanceOfSatisfying(
            BoundedHttpProtocol.class, it -> it.setClientConnections(MOST_OF_CLIENT));
    tomcat.setConnector(connector);
    Context context = tomcat.addContext("", base.toString());
    Tomcat.addServlet(context, "answer", new Answer());
    context.addServletMappingDecoded("/", "answer");
    tomcat.start();
    port = connector.getLocalPort();
  }

  @AfterEach
  void stop() throws Exception {
    for (Socket socket : sockets) {
      socket.close();
    }
    tomcat.stop();
    tomcat.destroy();
  }

  private void silent(int count) throws IOException {
    for (int i = 0; i < count; i++) {
      sockets.add(new Socket(InetAddress.getLoopbackAddress(), port));
    }
  }

  /** Connections with a request that lasts, which are never closed to make room. */
  private void busy(int count) throws IOException {
    for (int i = 0; i < count; i++) {
      Socket socket = new Socket(InetAddress.getLoopbackAddress(), port, address(OTHER), 0);
      sockets.add(socket);
      socket
          .getOutputStream()
          .write("GET / HTTP/1.1\r\nHost: ".getBytes(StandardCharsets.US_ASCII));
    }
  }

  private static InetAddress address(String text) throws IOException {
    return InetAddress.getByName(text);
  }

  private String ask(HttpClient client) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:%d/".formatted(port))).build();
    return client.send(request, HttpResponse.BodyHandlers.ofString()).body();
  }

  @Test
  void many_silent_connections_keep_no_request_out() throws Exception {
    silent(8 * MOST);

    try (HttpClient client = HttpClient.newHttpClient()) {
      assertThat(ask(client)).isEqualTo("here");
    }
  }

  @Test
  void a_client_whose_requests_last_takes_no_more_than_its_share() throws Exception {
    busy(8 * MOST);

    try (HttpClient client = HttpClient.newHttpClient()) {
      assertThat(ask(client)).isEqualTo("here");
    }
  }

  @Test
  void as_long_as_there_is_room_silent_connections_stay() throws Exception {
    silent(MOST / 3);

    try (HttpClient client = HttpClient.newHttpClient()) {
      for (int i = 0; i < 10; i++) {
        assertThat(ask(client)).isEqualTo("here");
      }
    }
    for (Socket socket : sockets) {
      socket.getOutputStream().write("GET / HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      assertThat(socket.getInputStream().read()).isEqualTo('H');
    }
  }
}
