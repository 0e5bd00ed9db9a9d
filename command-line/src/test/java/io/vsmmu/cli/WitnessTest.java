package io.vsmmu.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.testing.StubService;
import io.vsmmu.transparency.Checkpoint;
import io.vsmmu.transparency.GrowingTree;
import io.vsmmu.transparency.NoteSignature;
import io.vsmmu.transparency.SignatureType;
import io.vsmmu.transparency.SignedNote;
import io.vsmmu.transparency.SigningKey;
import io.vsmmu.transparency.TreeHasher;
import io.vsmmu.transparency.TreeProofs;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A witness beside services that lie. */
@Tag("slow")
class WitnessTest {

  private static final String API = "GET /api/v1/checkpoints/";

  @TempDir private Path folder;

  private SigningKey log;
  private StubService service;

  /** The nodes of a tree that grows. */
  private final Map<List<Long>, byte[]> nodes = new HashMap<>();

  private final List<byte[]> roots = new ArrayList<>(List.of(TreeHasher.emptyRoot()));

  @BeforeEach
  void grow() throws Exception {
    log = SigningKey.generate("example.com/log", SignatureType.ED25519);
    service = new StubService();
    GrowingTree tree = new GrowingTree();
    for (int i = 0; i < 9; i++) {
      List<byte[]> completed = tree.append(new TreeHasher().leaf(new byte[] {(byte) i}));
      for (int level = 0; level < completed.size(); level++) {
        nodes.put(List.of((long) level, (long) i >> level), completed.get(level));
      }
      roots.add(tree.root());
    }
  }

  @AfterEach
  void close() {
    service.close();
  }

  /** From now on the service shows a checkpoint; what it showed before is forgotten. */
  private void shows(SignedNote note) throws IOException {
    service.close();
    service = new StubService();
    service.on(API + "key", 200, log.verifier() + "\n");
    service.on(API + "latest", 200, note.toString());
    for (int size = 1; size < roots.size(); size++) {
      service.on("POST /api/v1/checkpoints/%d/cosignatures".formatted(size), 200, "ok");
    }
  }

  private void proves(long from, long size, List<byte[]> hashes) {
    String all =
        String.join(
            ",",
            hashes.stream()
                .map(hash -> '"' + Base64.getEncoder().encodeToString(hash) + '"')
                .toList());
    service.on(
        API + "%d/consistency?from=%d".formatted(size, from),
        200,
        "{\"from\":%d,\"size\":%d,\"hashes\":[%s]}".formatted(from, size, all));
  }

  private List<byte[]> proof(long from, long size) {
    return new TreeProofs((level, index) -> nodes.get(List.of((long) level, index)))
        .consistency(from, size);
  }

  private SignedNote note(long size) {
    return signed(new Checkpoint("example.com/log", size, roots.get((int) size)), log);
  }

  private static SignedNote signed(Checkpoint checkpoint, SigningKey key) {
    return new SignedNote(checkpoint.text(), List.of(key.sign(checkpoint.text())));
  }

  private Invocation witness() {
    return Invocation.at(
        service,
        "witness",
        "--state",
        folder.resolve("state").toString(),
        "--name",
        "example.com/w",
        "--log-key",
        log.verifier().toString());
  }

  private void assertNotCosigned(Invocation run, int code, long remembered) throws Exception {
    assertThat(run.code()).as(run.err()).isEqualTo(code);
    assertThat(run.err()).contains("not cosigned");
    assertThat(service.asked()).noneMatch(asked -> asked.line().startsWith("POST"));
    assertThat(remembered()).isEqualTo(remembered);
  }

  private long remembered() throws Exception {
    Path seen = folder.resolve("state/checkpoints");
    return Files.exists(seen)
        ? Checkpoint.parse(SignedNote.parse(Files.readString(seen)).text()).size()
        : 0;
  }

  @Test
  void what_continues_the_last_checkpoint_is_cosigned_and_given_to_the_service() throws Exception {
    // given
    shows(note(3));
    assertThat(witness().code()).isZero();
    shows(note(8));
    proves(3, 8, proof(3, 8));

    // when
    Invocation run = witness();

    // then
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(remembered()).isEqualTo(8);
    SigningKey key = SigningKey.parse(Files.readString(folder.resolve("state/key")).strip());
    String posted =
        new String(
            service.asked().getLast().body().getBytes(StandardCharsets.ISO_8859_1),
            StandardCharsets.UTF_8);
    assertThat(posted).contains(key.verifier().toString(), "example.com/w");
    SignedNote cosigned = SignedNote.parse(Files.readString(folder.resolve("state/checkpoints")));
    NoteSignature own = cosigned.signatures().getLast();
    assertThat(key.verifier().cosignedAt(note(8).text(), own)).isPresent();
  }

  @Test
  void another_history_is_not_cosigned_with_any_proof() throws Exception {
    // given
    shows(note(3));
    assertThat(witness().code()).isZero();

    // when
    shows(signed(new Checkpoint("example.com/log", 8, roots.get(7)), log));
    proves(3, 8, proof(3, 8));

    // then
    assertNotCosigned(witness(), 7, 3);
    shows(note(8));
    proves(3, 8, proof(2, 8));
    assertNotCosigned(witness(), 7, 3);
    shows(note(8));
    proves(3, 8, List.of());
    assertNotCosigned(witness(), 7, 3);
    shows(signed(new Checkpoint("example.com/log", 3, roots.get(4)), log));
    assertNotCosigned(witness(), 7, 3);
  }

  @Test
  void an_old_checkpoint_is_not_cosigned_again() throws Exception {
    // given
    shows(note(8));
    assertThat(witness().code()).isZero();

    // when
    shows(note(3));

    // then
    assertNotCosigned(witness(), 8, 8);
  }

  @Test
  void the_checkpoint_of_another_log_or_key_is_not_cosigned() throws Exception {
    // given
    SigningKey other = SigningKey.generate("example.com/log", SignatureType.ED25519);

    // when
    shows(signed(new Checkpoint("example.com/log", 3, roots.get(3)), other));

    // then
    assertNotCosigned(witness(), 1, 0);
    shows(signed(new Checkpoint("example.com/other", 3, roots.get(3)), log));
    assertNotCosigned(witness(), 7, 0);
    SignedNote note = note(3);
    shows(new SignedNote(note.text().replace("\n3\n", "\n4\n"), note.signatures()));
    assertNotCosigned(witness(), 1, 0);
  }

  @Test
  void a_clock_that_went_back_cosigns_nothing() throws Exception {
    // given
    shows(note(3));
    assertThat(witness().code()).isZero();
    SigningKey key = SigningKey.parse(Files.readString(folder.resolve("state/key")).strip());
    String text = note(3).text();
    SignedNote future =
        new SignedNote(text, List.of(log.sign(text), key.cosign(text, Integer.MAX_VALUE * 2L)));
    Files.writeString(folder.resolve("state/checkpoints"), future.toString());
    shows(note(3));

    // then
    assertNotCosigned(witness(), 5, 3);
  }

  @Test
  void a_service_that_refuses_the_cosignature_is_reported_and_the_checkpoint_remembered()
      throws Exception {
    // given
    service.close();
    service = new StubService();
    service.on(API + "latest", 200, note(3).toString());
    service.on(
        "POST /api/v1/checkpoints/3/cosignatures",
        409,
        "{\"type\":\"/problems/conflict\",\"title\":\"Conflict\",\"status\":409,\"detail\":\"enough\"}");

    // when
    Invocation run = witness();

    // then
    assertThat(run.code()).isEqualTo(4);
    assertThat(run.err()).contains("enough");
    assertThat(remembered()).isEqualTo(3);
  }

  @Test
  void what_is_no_checkpoint_or_proof_is_told_as_of_no_service() throws Exception {
    // given
    service.on(API + "latest", 200, "hello\n");

    // then
    assertThat(witness().code()).isEqualTo(3);
    shows(note(3));
    assertThat(witness().code()).isZero();
    shows(note(8));
    service.on(API + "8/consistency?from=3", 200, "{\"hashes\":[\"%\"]}");
    assertThat(witness().code()).isEqualTo(3);
    assertThat(remembered()).isEqualTo(3);
  }
}
