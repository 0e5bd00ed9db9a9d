package io.vsmmu.acceptance.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vsmmu.scripted.guest.Await;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/** A service with TLS: clients are known by certificates, whose keys the test makes. */
class ClientCertificateTest extends RestTest {

  private static final char[] PASSWORD = "changeit".toCharArray();
  private static final String TYPE = "PKCS12";
  private static final Duration LONG = Duration.ofSeconds(60);

  /** The service's certificate is replaced once this time has passed without another change. */
  private static final String QUIET = "200ms";

  private static final Path FOLDER = folder();
  private static final Path SERVER = FOLDER.resolve("server.p12");
  private static final Path TRUSTED = FOLDER.resolve("trusted.p12");

  /** Authorities, servers and clients, by their aliases. */
  private static final KeyStore KEYS = keys();

  @DynamicPropertySource
  static void certificates(DynamicPropertyRegistry registry) throws Exception {
    store(only("server"), SERVER);
    store(authority(), TRUSTED);
    registry.add("server.ssl.bundle", () -> "web");
    registry.add("server.ssl.client-auth", () -> "want");
    String bundle = "spring.ssl.bundle.jks.web.";
    registry.add(bundle + "reload-on-update", () -> true);
    registry.add("spring.ssl.bundle.watch.file.quiet-period", () -> QUIET);
    registry.add(bundle + "keystore.location", () -> SERVER.toUri().toString());
    registry.add(bundle + "keystore.password", () -> new String(PASSWORD));
    registry.add(bundle + "keystore.type", () -> TYPE);
    registry.add(bundle + "truststore.location", () -> TRUSTED.toUri().toString());
    registry.add(bundle + "truststore.password", () -> new String(PASSWORD));
    registry.add(bundle + "truststore.type", () -> TYPE);
    String rule = "vsmmu.access.certificates[%d].%s";
    registry.add(rule.formatted(0, "subject"), () -> "CN=monitoring,O=Example");
    registry.add(rule.formatted(0, "role"), () -> "viewer");
    registry.add(rule.formatted(1, "subject"), () -> "CN=deployment,O=Example");
    registry.add(rule.formatted(1, "role"), () -> "operator");
  }

  private static Path folder() {
    try {
      return Files.createTempDirectory("vsmmu-certificates");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static KeyStore keys() {
    Path file = FOLDER.resolve("all.p12");
    try {
      generate(file, "authority", "CN=authority", "-ext", "bc:c");
      // One with the same name and another key, which the service does not trust.
      generate(file, "other-authority", "CN=authority", "-ext", "bc:c");
      signed(file, "server", "CN=service", "authority", "-ext", "san=ip:127.0.0.1");
      signed(file, "next-server", "CN=service", "authority", "-ext", "san=ip:127.0.0.1");
      signed(file, "viewer", "CN=monitoring,O=Example", "authority");
      signed(file, "operator", "CN=deployment,O=Example", "authority");
      signed(file, "stranger", "CN=stranger,O=Example", "authority");
      signed(file, "forged", "CN=deployment,O=Example", "other-authority");
      KeyStore keys = KeyStore.getInstance(TYPE);
      try (var in = Files.newInputStream(file)) {
        keys.load(in, PASSWORD);
      }
      return keys;
    } catch (IOException | GeneralSecurityException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private static void signed(
      Path file, String alias, String subject, String signer, String... options)
      throws IOException, InterruptedException {
    List<String> all = new ArrayList<>(List.of("-signer", signer));
    all.addAll(List.of(options));
    generate(file, alias, subject, all.toArray(String[]::new));
  }

  private static void generate(Path file, String alias, String subject, String... options)
      throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-J-XX:TieredStopAtLevel=1",
                "-J-XX:+UseSerialGC",
                "-genkeypair",
                "-keyalg",
                "EC",
                "-validity",
                "2",
                "-storetype",
                TYPE,
                "-keystore",
                file.toString(),
                "-storepass",
                new String(PASSWORD),
                "-alias",
                alias,
                "-dname",
                subject));
    command.addAll(List.of(options));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(LONG.toSeconds(), TimeUnit.SECONDS)).as(said).isTrue();
    assertThat(process.exitValue()).as(said).isZero();
  }

  private static KeyStore empty() throws IOException, GeneralSecurityException {
    KeyStore store = KeyStore.getInstance(TYPE);
    store.load(null, PASSWORD);
    return store;
  }

  private static KeyStore only(String alias) throws IOException, GeneralSecurityException {
    KeyStore store = empty();
    store.setKeyEntry(
        alias, KEYS.getKey(alias, PASSWORD), PASSWORD, KEYS.getCertificateChain(alias));
    return store;
  }

  private static KeyStore authority() throws IOException, GeneralSecurityException {
    KeyStore store = empty();
    store.setCertificateEntry("authority", KEYS.getCertificate("authority"));
    return store;
  }

  /** The file is replaced as a whole: a reader has one or the other. */
  private static void store(KeyStore keys, Path file) throws IOException, GeneralSecurityException {
    Path begun = file.resolveSibling(file.getFileName() + ".new");
    try (OutputStream out = Files.newOutputStream(begun)) {
      keys.store(out, PASSWORD);
    }
    Files.move(begun, file, StandardCopyOption.ATOMIC_MOVE);
  }

  /** A client that has this key, or none, and no session of an earlier connection. */
  private static HttpClient client(String... alias) throws IOException, GeneralSecurityException {
    KeyManagerFactory own = KeyManagerFactory.getInstance("PKIX");
    own.init(alias.length == 0 ? empty() : only(alias[0]), PASSWORD);
    TrustManagerFactory trusted = TrustManagerFactory.getInstance("PKIX");
    trusted.init(authority());
    SSLContext tls = SSLContext.getInstance("TLS");
    tls.init(own.getKeyManagers(), trusted.getTrustManagers(), null);
    return HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).sslContext(tls).build();
  }

  private HttpRequest.Builder secured(String path) {
    return HttpRequest.newBuilder(URI.create("https://127.0.0.1:" + port + "/api/v1" + path));
  }

  private static Answer send(HttpClient client, HttpRequest.Builder request)
      throws IOException, InterruptedException {
    return new Answer(client.send(request.build(), BodyHandlers.ofByteArray()));
  }

  private HttpRequest.Builder creating(String name) {
    return secured("/vsmmus")
        .header("Content-Type", "application/json")
        .POST(BodyPublishers.ofString("{\"name\":\"%s\"}".formatted(name)));
  }

  @Test
  void a_certificate_whose_subject_has_a_rule_has_its_role_and_is_named_in_the_audit()
      throws Exception {
    try (HttpClient viewer = client("viewer");
        HttpClient operator = client("operator")) {
      assertThat(send(viewer, secured("/session")).expect(200).json().path("role").asString())
          .isEqualTo("viewer");
      String name = freshName("by-certificate");
      send(viewer, creating(name)).problem(403, "forbidden");
      send(operator, creating(name)).expect(201);
      send(operator, secured("/tokens")).problem(403, "forbidden");

      String subject =
          send(operator, secured("/session")).expect(200).json().path("subject").asString();
      assertThat(subject).startsWith("certificate:").contains("CN=deployment");
      assertThat(send(viewer, secured("/audit?vsmmu=" + name)).expect(200).text())
          .contains("\"" + subject + "\"");
    }
  }

  @Test
  void a_certificate_without_a_rule_and_none_at_all_are_no_credential() throws Exception {
    try (HttpClient stranger = client("stranger");
        HttpClient none = client()) {
      send(stranger, secured("/session")).problem(401, "unauthenticated");
      send(stranger, creating(freshName("by-stranger"))).problem(401, "unauthenticated");
      send(none, secured("/session")).problem(401, "unauthenticated");
      // TLS without a certificate leaves the other credentials what they are.
      send(none, secured("/session").header("Authorization", "Bearer " + TestToken.SECRET))
          .expect(200);
    }
  }

  @Test
  void a_known_subject_of_another_authority_gets_no_connection() throws Exception {
    try (HttpClient forged = client("forged")) {
      assertThatThrownBy(() -> send(forged, secured("/session"))).isInstanceOf(IOException.class);
    }
  }

  @Test
  void a_server_certificate_that_was_replaced_is_used_without_a_restart() throws Exception {
    assertThat(served()).isEqualTo(serial("server"));

    store(only("next-server"), SERVER);

    assertThat(Await.within(LONG, PAUSE, () -> served().equals(serial("next-server"))))
        .as("the service uses the new certificate")
        .isTrue();
    try (HttpClient viewer = client("viewer")) {
      send(viewer, secured("/session")).expect(200);
    }
  }

  private static BigInteger serial(String alias) {
    try {
      return ((X509Certificate) KEYS.getCertificate(alias)).getSerialNumber();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The number of the certificate that a new connection is shown. */
  private BigInteger served() {
    try (HttpClient client = client()) {
      var answer = client.send(secured("/session").build(), BodyHandlers.discarding());
      return ((X509Certificate) answer.sslSession().orElseThrow().getPeerCertificates()[0])
          .getSerialNumber();
    } catch (IOException | GeneralSecurityException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
