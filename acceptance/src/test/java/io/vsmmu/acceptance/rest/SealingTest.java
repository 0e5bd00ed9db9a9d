package io.vsmmu.acceptance.rest;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.db.embedded.EmbeddedDatabase;
import io.vsmmu.db.log.HashChain;
import io.vsmmu.db.log.NewEvent;
import io.vsmmu.recordings.log.LogFileReader;
import io.vsmmu.recordings.log.LogFileWriter;
import io.vsmmu.recordings.log.LogHeader;
import io.vsmmu.recordings.log.LogRecord;
import io.vsmmu.scripted.guest.Await;
import io.vsmmu.testing.TestPostgres;
import io.vsmmu.transparency.Checkpoint;
import io.vsmmu.transparency.ProofCheck;
import io.vsmmu.transparency.SegmentLeaf;
import io.vsmmu.transparency.SignatureType;
import io.vsmmu.transparency.SignedNote;
import io.vsmmu.transparency.SigningKey;
import io.vsmmu.transparency.TlogProof;
import io.vsmmu.transparency.TreeHasher;
import io.vsmmu.transparency.VerifierKey;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.test.context.TestPropertySource;
import tools.jackson.databind.JsonNode;

/** The sealed log of a service, over HTTP and by the command line. */
@TestPropertySource(
    properties = {
      "vsmmu.sealing.events=64",
      "vsmmu.sealing.interval=200ms",
      "vsmmu.sealing.origin=example.com/host-1"
    })
class SealingTest extends RestTest {

  private static final Duration SEALED = Duration.ofSeconds(60);

  @TempDir private Path folder;

  @Autowired private EmbeddedDatabase postgres;

  private CommandRun run(String... arguments) {
    return CommandRun.at(port, 120, arguments);
  }

  /** The newest checkpoint, when everything is sealed that a vSMMU has now. */
  private SignedNote sealed(String vsmmu) throws Exception {
    long last = walk("/vsmmus/" + vsmmu + "/events", 1000).getLast().path("position").asLong();
    assertThat(Await.within(SEALED, PAUSE, () -> health().path("position").asLong() >= last))
        .as("%s", health())
        .isTrue();
    long size = health().path("segments").asLong();
    assertThat(Await.within(SEALED, PAUSE, () -> newest() >= size)).isTrue();
    return SignedNote.parse(get("/checkpoints/latest").expect(200).text());
  }

  /** The size of the newest checkpoint, 0 if there is none. */
  private long newest() {
    Answer latest = get("/checkpoints/latest");
    return latest.status() == 200 ? Long.parseLong(latest.text().split("\n", 3)[1]) : 0;
  }

  private JsonNode health() {
    return get("/actuator/health").json().at("/components/sealing/details");
  }

  private Path kept(String name, SignedNote... notes) throws IOException {
    StringBuilder text = new StringBuilder();
    for (SignedNote note : notes) {
      text.append(note);
    }
    return Files.writeString(folder.resolve(name), text);
  }

  private static List<byte[]> hashes(JsonNode array) {
    return array.valueStream().map(hash -> Base64.getDecoder().decode(hash.asString())).toList();
  }

  @Test
  void checkpoints_are_signed_and_continue_each_other_and_prove_events_and_segments()
      throws Exception {
    // given
    String name = freshName("sealed");
    imported(ACCELERATED, name);
    SignedNote first = sealed(name);
    String other = freshName("sealed");
    imported(EMULATED, other);
    SignedNote second = sealed(other);

    // when
    VerifierKey key = VerifierKey.parse(get("/checkpoints/key").expect(200).text().strip());
    Checkpoint early = Checkpoint.parse(first.text());
    Checkpoint late = Checkpoint.parse(second.text());
    JsonNode proof =
        get("/checkpoints/%d/consistency?from=%d".formatted(late.size(), early.size()))
            .expect(200)
            .json();

    // then
    assertThat(key.name()).isEqualTo("example.com/host-1");
    assertThat(first.isSignedBy(key)).isTrue();
    assertThat(second.isSignedBy(key)).isTrue();
    assertThat(late.size()).isGreaterThan(early.size());
    assertThat(
            ProofCheck.consistent(
                early.size(), early.root(), late.size(), late.root(), hashes(proof.path("hashes"))))
        .isTrue();
    long position =
        get("/vsmmus/" + name + "/events?limit=1").json().at("/items/0/position").asLong() + 7;
    JsonNode event =
        get("/checkpoints/%d/events/%d".formatted(late.size(), position)).expect(200).json();
    TlogProof segment = TlogProof.parse(event.path("segment").asString());
    assertThat(segment.holds()).isTrue();
    assertThat(
            ProofCheck.included(
                new TreeHasher().leaf(Base64.getDecoder().decode(event.path("event").asString())),
                event.path("index").asLong(),
                event.path("events").asLong(),
                hashes(event.path("path")),
                SegmentLeaf.parse(segment.leaf()).eventsRoot()))
        .isTrue();
    assertThat(
            TlogProof.parse(
                    get("/checkpoints/%d/segments/0".formatted(early.size())).expect(200).text())
                .holds())
        .isTrue();
    get("/checkpoints/%d/segments/%d".formatted(early.size(), early.size()))
        .problem(404, "not-found");
    get("/checkpoints/%d/events/99999999".formatted(early.size())).problem(404, "not-in-log");
    get("/checkpoints/99999999").problem(404, "not-found");
    get("/checkpoints/%d/consistency?from=%d".formatted(early.size(), late.size()))
        .problem(400, "invalid-field");
  }

  @Test
  void a_witness_cosigns_what_continues_and_its_cosignature_is_kept_with_the_checkpoint()
      throws Exception {
    // given
    String name = freshName("witnessed");
    imported(ACCELERATED, name);
    sealed(name);
    String state = folder.resolve("w").toString();

    // when
    CommandRun first = run("witness", "--state", state, "--name", "example.com/w1");
    imported(EMULATED, freshName("witnessed"));
    CommandRun second = run("witness", "--state", state);

    // then
    assertThat(first.code()).as(first.err()).isZero();
    assertThat(first.err()).contains("first time", "example.com/host-1+");
    assertThat(second.code()).as(second.err()).isZero();
    SigningKey witness = SigningKey.parse(Files.readString(folder.resolve("w/key")).strip());
    SignedNote remembered = SignedNote.parse(Files.readString(folder.resolve("w/checkpoints")));
    assertThat(remembered.isSignedBy(witness.verifier())).isTrue();
    long size = Checkpoint.parse(remembered.text()).size();
    assertThat(
            SignedNote.parse(get("/checkpoints/" + size).expect(200).text())
                .isSignedBy(witness.verifier()))
        .isTrue();
    CommandRun verified =
        run(
            "verify",
            "--known-checkpoint",
            folder.resolve("w/checkpoints").toString(),
            "--key",
            witness.verifier().toString());
    assertThat(verified.code()).as(verified.out() + verified.err()).isZero();
    assertThat(verified.out()).contains("INTACT");
  }

  @Test
  void a_cosignature_of_another_checkpoint_or_key_is_refused() throws Exception {
    // given
    String name = freshName("refused");
    imported(ACCELERATED, name);
    SignedNote note = sealed(name);
    long size = Checkpoint.parse(note.text()).size();
    SigningKey witness = SigningKey.generate("example.com/w2", SignatureType.COSIGNATURE);
    SigningKey another = SigningKey.generate("example.com/w2", SignatureType.COSIGNATURE);
    String path = "/checkpoints/" + size + "/cosignatures";
    String body = "{\"witness\":\"%s\",\"line\":\"%s\"}";

    // then
    post(path, body.formatted(witness.verifier(), another.cosign(note.text(), 5).line().strip()))
        .problem(400, "invalid-field");
    post(path, body.formatted(witness.verifier(), witness.cosign("another\n1\n", 5).line().strip()))
        .problem(400, "invalid-field");
    post(path, body.formatted("no key", "no line")).problem(400, "invalid-field");
    post(path, "{}").problem(400, "missing-field");
    post(path, body.formatted(witness.verifier(), witness.cosign(note.text(), 5).line().strip()))
        .expect(200);
  }

  @Test
  void the_history_is_verified_by_the_service_and_from_its_database_alone() throws Exception {
    // given
    String name = freshName("history");
    imported(ACCELERATED, name);
    SignedNote note = sealed(name);
    Checkpoint truth = Checkpoint.parse(note.text());
    byte[] root = truth.root().clone();
    root[0] ^= 1;
    Path known = kept("known", note);
    Path other = kept("other", unsigned(new Checkpoint(truth.origin(), truth.size(), root)));
    Path larger = kept("larger", unsigned(new Checkpoint(truth.origin(), 9_999_999, root)));
    Path split = kept("split", note, unsigned(new Checkpoint(truth.origin(), 1, root)));
    Path foreign = kept("foreign", unsigned(new Checkpoint("example.com/x", 1, root)));
    String key = get("/checkpoints/key").text().strip();

    for (String[] where :
        new String[][] {{"verify"}, {"verify", "--database", postgres.jdbcUrl()}}) {
      // then
      assertThat(verified(where, known, "--key", key)).isZero();
      assertThat(verified(where, other)).isEqualTo(7);
      assertThat(verified(where, split)).isEqualTo(7);
      assertThat(verified(where, foreign)).isEqualTo(7);
      assertThat(verified(where, larger)).isEqualTo(8);
      assertThat(verified(where, other, "--key", key)).isEqualTo(2);
      TestPostgres.execute(
          postgres.jdbcUrl(), "UPDATE event SET payload = payload || '\\x00' WHERE position = 5");
      CommandRun broken = run(where);
      TestPostgres.execute(
          postgres.jdbcUrl(),
          "UPDATE event SET payload = substring(payload FROM 1 FOR length(payload) - 1) WHERE"
              + " position = 5");
      assertThat(broken.code()).isEqualTo(1);
      assertThat(broken.out()).contains("BROKEN", "EDITED", "5");
      assertThat(run(where).code()).isZero();
    }
    assertThat(run("verify", "--database", "jdbc:postgresql://127.0.0.1:1/none").code())
        .isEqualTo(5);
    get("/history?size=1").problem(400, "missing-field");
  }

  private static SignedNote unsigned(Checkpoint checkpoint) throws Exception {
    SigningKey any = SigningKey.generate("example.com/any", SignatureType.ED25519);
    return new SignedNote(checkpoint.text(), List.of(any.sign(checkpoint.text())));
  }

  private int verified(String[] where, Path known, String... more) {
    List<String> all = new ArrayList<>(List.of(where));
    all.addAll(List.of("--known-checkpoint", known.toString()));
    all.addAll(List.of(more));
    return run(all.toArray(String[]::new)).code();
  }

  @Test
  void an_exported_file_is_verified_against_a_checkpoint_and_no_forged_one_is() throws Exception {
    // given
    String name = freshName("proven");
    imported(ACCELERATED, name);
    SignedNote note = sealed(name);
    String file = folder.resolve("log.vsmmulog").toString();
    String proof = folder.resolve("log.tlog-proof").toString();
    assertThat(run("export", name, file, "--proof", proof).code()).isZero();
    Path known = kept("known", SignedNote.parse(get("/checkpoints/latest").text()), note);

    // then
    CommandRun intact =
        run("verify", file, "--proof", proof, "--known-checkpoint", known.toString());
    assertThat(intact.code()).as(intact.out() + intact.err()).isZero();
    assertThat(intact.out()).contains("events up to");
    assertThat(judged(proof, known, forged(file, header -> header, record -> record, 0))).isZero();
    assertThat(
            judged(proof, known, forged(file, header -> header, SealingTest::byAnotherSubject, 0)))
        .isEqualTo(7);
    assertThat(
            judged(
                proof,
                known,
                forged(
                    file,
                    header -> new LogHeader(header.name(), header.originMicros() - 1, "x"),
                    record -> record,
                    0)))
        .isEqualTo(7);
    assertThat(judged(proof, known, forged(file, header -> header, record -> record, 5)))
        .isEqualTo(8);

    String other = freshName("proven");
    imported(EMULATED, other);
    String otherFile = folder.resolve("other.vsmmulog").toString();
    assertThat(run("export", other, otherFile).code()).isZero();
    assertThat(
            judged(
                proof,
                known,
                forged(
                    otherFile,
                    header -> new LogHeader(name, header.originMicros(), "x"),
                    record -> record,
                    0)))
        .isIn(7, 8);
    assertThat(run("verify", file, "--proof", proof).code()).isEqualTo(2);
    assertThat(run("verify", file, "--known-checkpoint", known.toString()).code()).isEqualTo(2);
    String key = get("/checkpoints/key").text().strip();
    assertThat(run("verify", file, "--proof", proof, "--key", key).code()).isZero();
  }

  private int judged(String proof, Path known, Path file) {
    return run("verify", file.toString(), "--proof", proof, "--known-checkpoint", known.toString())
        .code();
  }

  private static LogRecord byAnotherSubject(LogRecord record) {
    return record.sequence() != 9
        ? record
        : new LogRecord(
            record.sequence(),
            record.offsetMicros(),
            record.type(),
            record.cause(),
            "mallory",
            record.payload(),
            record.hash());
  }

  /** A file whose chain and checksums are computed again after it was changed. */
  private Path forged(
      String file, UnaryOperator<LogHeader> header, UnaryOperator<LogRecord> change, int cut)
      throws IOException {
    LogFileReader reader =
        new LogFileReader(new ByteArrayInputStream(Files.readAllBytes(Path.of(file))));
    List<LogRecord> records = new ArrayList<>();
    while (reader.next() instanceof LogRecord record) {
      records.add(record);
    }
    Path made = folder.resolve(freshName("forged") + ".vsmmulog");
    HashChain chain = new HashChain();
    byte[] previous = HashChain.genesis();
    try (OutputStream out = Files.newOutputStream(made)) {
      LogFileWriter writer = new LogFileWriter(out, header.apply(reader.header()));
      for (LogRecord old : records.subList(0, records.size() - cut)) {
        LogRecord record = change.apply(old);
        previous =
            chain.next(
                previous,
                0,
                new NewEvent(
                    record.sequence(),
                    record.offsetMicros(),
                    record.type(),
                    record.cause() < 0 ? null : (Long) record.cause(),
                    record.subject().isEmpty() ? null : record.subject(),
                    record.payload()));
        writer.write(
            new LogRecord(
                record.sequence(),
                record.offsetMicros(),
                record.type(),
                record.cause(),
                record.subject(),
                record.payload(),
                previous));
      }
      writer.finish();
    }
    return made;
  }
}
