package io.vsmmu.db.seal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vsmmu.db.log.RegisteredVsmmu;
import io.vsmmu.db.seal.HistoryVerdict.Intact;
import io.vsmmu.testing.TestPostgres;
import io.vsmmu.transparency.Checkpoint;
import io.vsmmu.transparency.ProofCheck;
import io.vsmmu.transparency.SegmentLeaf;
import io.vsmmu.transparency.SignatureType;
import io.vsmmu.transparency.SignedNote;
import io.vsmmu.transparency.SigningKey;
import io.vsmmu.transparency.TlogProof;
import io.vsmmu.transparency.TreeHasher;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("slow")
class SealerTest {

  @TempDir private Path folder;

  private final String url = TestPostgres.newDatabase();

  @Test
  void a_full_segment_is_sealed_at_once_and_its_checkpoint_is_in_the_file_and_in_the_database()
      throws Exception {
    try (SealedLog log = SealedLog.open(url, folder)) {
      // when
      log.append(log.vsmmu("a"), 0, 2 * SealedLog.EVENTS + 3);
      log.awaitSize(2);

      // then
      SealedTree tree = new SealedTree(log.database);
      SignedNote newest = tree.checkpoint(tree.size()).orElseThrow();
      assertThat(newest.isSignedBy(log.sealer.key())).isTrue();
      assertThat(Checkpoint.parse(newest.text())).isEqualTo(log.checkpoints().getLast());
      assertThat(log.sealer.status().position()).isEqualTo(16);
      assertThat(log.sealer.status().lagEvents()).isEqualTo(3);
      assertThat(SealedLog.verify(url, log.checkpoints())).isInstanceOf(Intact.class);
    }
  }

  @Test
  void events_are_sealed_after_the_interval_although_the_segment_is_not_full() throws Exception {
    SealSettings settings = SealedLog.settings(folder, Duration.ofMillis(50));
    try (SealedLog log = SealedLog.open(url, settings)) {
      // when
      log.append(log.vsmmu("a"), 0, 3);
      log.awaitSize(1);

      // then
      assertThat(log.sealer.status().position()).isEqualTo(3);
    }
  }

  @Test
  void a_log_that_is_written_and_sealed_meanwhile_is_intact() throws Exception {
    SealSettings settings = SealedLog.settings(folder, Duration.ofMillis(1));
    try (SealedLog log = SealedLog.open(url, settings)) {
      // given
      AtomicBoolean enough = new AtomicBoolean();
      Thread writer =
          Thread.ofPlatform()
              .start(
                  () -> {
                    for (int i = 0; !enough.get(); i++) {
                      log.append(log.vsmmu("v" + i), 0, 5);
                    }
                  });
      try {
        for (int i = 0; i < 20; i++) {
          // when
          HistoryVerdict verdict = SealedLog.verify(url, log.checkpoints());

          // then
          assertThat(verdict).isInstanceOf(Intact.class);
        }
      } finally {
        enough.set(true);
        writer.join();
      }
    }
  }

  @Test
  void a_log_that_was_there_before_is_sealed_from_its_first_event_on() throws Exception {
    // given
    try (SealedLog log = SealedLog.open(url, folder.resolve("first"))) {
      log.append(log.vsmmu("a"), 0, 5 * SealedLog.EVENTS);
      log.awaitSize(5);
    }
    TestPostgres.execute(url, "TRUNCATE sealed_segment, seal_checkpoint, seal_cosignature");
    TestPostgres.execute(url, "UPDATE vsmmu SET sealed_in = NULL");

    // when
    try (SealedLog log = SealedLog.open(url, folder.resolve("second"))) {
      log.awaitSize(5);

      // then
      assertThat(SealedLog.verify(url, log.checkpoints())).isInstanceOf(Intact.class);
      assertThat(log.checkpoints().getLast().root())
          .isEqualTo(
              SealedLog.checkpoints(
                      SealedLog.settings(folder.resolve("first"), Duration.ofHours(1)))
                  .getLast()
                  .root());
    }
  }

  @Test
  void the_key_is_made_once_and_readable_by_its_user_alone() throws Exception {
    // given
    SealSettings settings = SealedLog.settings(folder.resolve("keys"), Duration.ofHours(1));

    // when
    SigningKey made = SealFiles.key(settings);

    // then
    assertThat(SealFiles.key(settings).verifier()).isEqualTo(made.verifier());
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(settings.keyFile())))
        .isEqualTo("rw-------");
    SealSettings other =
        new SealSettings(
            settings.keyFile(),
            settings.checkpointFile(),
            "example.com/other",
            8,
            Duration.ofHours(1));
    assertThatThrownBy(() -> SealFiles.key(other))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("example.com/other");
  }

  @Test
  void a_sealer_goes_on_where_the_last_one_ended_and_repairs_a_checkpoint_that_was_cut_off()
      throws Exception {
    // given
    try (SealedLog log = SealedLog.open(url, folder)) {
      log.append(log.vsmmu("a"), 0, 2 * SealedLog.EVENTS);
      log.awaitSize(2);
    }
    Path file = SealedLog.settings(folder, Duration.ofHours(1)).checkpointFile();
    String whole = Files.readString(file);
    Files.writeString(file, whole.substring(0, whole.length() - 20));

    // when
    try (SealedLog log = SealedLog.open(url, folder)) {
      log.append(log.database.registry().byName("a").orElseThrow(), 16, SealedLog.EVENTS);
      log.awaitSize(3);

      // then
      assertThat(log.checkpoints()).extracting(Checkpoint::size).endsWith(2L, 3L);
      assertThat(SealedLog.verify(url, log.checkpoints())).isInstanceOf(Intact.class);
    }
  }

  @Test
  void nothing_more_is_signed_when_the_last_segment_is_not_what_was_sealed() throws Exception {
    assertRefused(
        "UPDATE event SET payload = '\\x00' WHERE position = 12", "not those of segment 1");
  }

  @Test
  void nothing_more_is_signed_when_the_database_is_older_than_its_checkpoints() throws Exception {
    assertRefused(
        "DELETE FROM seal_checkpoint WHERE size = 2; DELETE FROM sealed_segment WHERE leaf_index ="
            + " 1",
        "it is an older copy, or was cut");
  }

  @Test
  void nothing_more_is_signed_when_the_tree_is_not_that_of_the_checkpoints() throws Exception {
    assertRefused(
        "UPDATE sealed_segment SET nodes = sha256('x') WHERE leaf_index = 0;"
            + " UPDATE sealed_segment SET nodes = substring(nodes FROM 1 FOR 32) || sha256('y')"
            + " WHERE leaf_index = 1",
        "is not one of the segments");
  }

  private void assertRefused(String forgery, String reason) throws Exception {
    // given
    try (SealedLog log = SealedLog.open(url, folder)) {
      log.append(log.vsmmu("a"), 0, 2 * SealedLog.EVENTS);
      log.awaitSize(2);
    }
    TestPostgres.execute(url, forgery);

    // when
    try (SealedLog log = SealedLog.open(url, folder)) {
      log.append(log.vsmmu("b"), 0, SealedLog.EVENTS);
      log.await(() -> log.sealer.status().refusal().isPresent());

      // then
      assertThat(log.sealer.status().refusal().orElseThrow()).contains(reason);
      assertThat(log.checkpoints()).extracting(Checkpoint::size).doesNotContain(3L);
    }
  }

  @Test
  void a_second_key_does_not_go_on_with_the_tree_of_the_first() throws Exception {
    // given
    try (SealedLog log = SealedLog.open(url, folder.resolve("first"))) {
      log.append(log.vsmmu("a"), 0, SealedLog.EVENTS);
      log.awaitSize(1);
    }

    // when
    try (SealedLog log = SealedLog.open(url, folder.resolve("second"))) {
      log.await(() -> log.sealer.status().refusal().isPresent());

      // then
      assertThat(log.sealer.status().refusal().orElseThrow()).contains("vsmmu.sealing.key-file");
    }
  }

  @Test
  void what_follows_the_last_checkpoint_of_the_file_without_being_one_is_removed()
      throws Exception {
    // given
    SealSettings settings = SealedLog.settings(folder, Duration.ofHours(1));
    SigningKey key = SealFiles.key(settings);
    SealFiles files = new SealFiles(settings.checkpointFile(), key.verifier().name());
    for (int size = 0; size < 3; size++) {
      String text = new Checkpoint(key.verifier().name(), size, TreeHasher.emptyRoot()).text();
      files.append(new SignedNote(text, List.of(key.sign(text))));
    }
    Files.writeString(
        settings.checkpointFile(), key.verifier().name() + "\n7\n", StandardOpenOption.APPEND);

    // then
    assertThat(files.last()).map(Checkpoint::size).contains(2L);
    assertThat(SealedLog.checkpoints(settings)).hasSize(3);
    Files.writeString(settings.checkpointFile(), "a letter\n");
    assertThatThrownBy(files::last)
        .isInstanceOf(IOException.class)
        .hasMessageContaining("vsmmu.sealing.checkpoint-file");
    assertThat(settings.checkpointFile()).hasContent("a letter\n");
  }

  @Test
  void segments_events_and_vsmmus_are_proven_and_cosignatures_are_kept_with_the_checkpoint()
      throws Exception {
    try (SealedLog log = SealedLog.open(url, folder)) {
      // given
      RegisteredVsmmu a = log.vsmmu("a");
      log.append(a, 0, SealedLog.EVENTS);
      log.awaitSize(1);
      RegisteredVsmmu part = log.part("part");
      log.append(log.vsmmu("b"), 0, 14);
      log.awaitSize(3);
      log.database.registry().markImported(List.of(part.id()));
      log.append(a, 8, 2 * SealedLog.EVENTS);
      log.awaitSize(5);
      SealedTree tree = new SealedTree(log.database);

      // then
      assertThat(
              ProofCheck.consistent(
                  3,
                  Checkpoint.parse(tree.checkpoint(3).orElseThrow().text()).root(),
                  5,
                  Checkpoint.parse(tree.checkpoint(5).orElseThrow().text()).root(),
                  tree.consistency(3, 5)))
          .isTrue();
      for (long size : new long[] {3, 5}) {
        for (int position = 1; position <= size * SealedLog.EVENTS; position++) {
          EventProof proof = tree.event(position, size).orElseThrow();
          SegmentLeaf leaf = SegmentLeaf.parse(proof.segment().leaf());
          assertThat(proof.segment().holds()).isTrue();
          assertThat(
                  ProofCheck.included(
                      new TreeHasher().leaf(proof.event()),
                      proof.index(),
                      proof.events(),
                      proof.path(),
                      leaf.eventsRoot()))
              .isTrue();
          assertThat(leaf.first() + proof.index()).isEqualTo(position);
        }
        assertThat(tree.event(size * SealedLog.EVENTS + 1, size)).isEmpty();
        assertThat(tree.segment(size, size)).isEmpty();
      }
      assertThat(head(tree.vsmmu(a, 3), a)).isEqualTo(7);
      assertThat(head(tree.vsmmu(a, 5), a)).isEqualTo(23);
      assertThat(head(tree.vsmmu(part, 3), part)).isEqualTo(5);
      assertThat(name(tree.vsmmu(part, 3), part)).isEmpty();
      assertThat(name(tree.vsmmu(part, 5), part)).isEqualTo("part");

      SigningKey witness = SigningKey.generate("example.com/w", SignatureType.COSIGNATURE);
      String text = tree.checkpoint(5).orElseThrow().text();
      assertThat(tree.cosign(5, witness.verifier(), witness.cosign(text, 1))).isTrue();
      assertThat(tree.cosign(5, witness.verifier(), witness.cosign(text, 2))).isTrue();
      assertThat(tree.cosign(6, witness.verifier(), witness.cosign(text, 2))).isFalse();
      SignedNote cosigned = tree.checkpoint(5).orElseThrow();
      assertThat(cosigned.signatures()).hasSize(2);
      assertThat(cosigned.isSignedBy(witness.verifier())).isTrue();
    }
  }

  private static long head(Optional<TlogProof> proof, RegisteredVsmmu vsmmu) throws Exception {
    assertThat(proof.orElseThrow().holds()).isTrue();
    return SegmentLeaf.parse(proof.orElseThrow().leaf()).heads().stream()
        .filter(head -> head.aggregateId().equals(vsmmu.aggregateId()))
        .findFirst()
        .orElseThrow()
        .sequence();
  }

  private static String name(Optional<TlogProof> proof, RegisteredVsmmu vsmmu) throws Exception {
    return SegmentLeaf.parse(proof.orElseThrow().leaf()).heads().stream()
        .filter(head -> head.aggregateId().equals(vsmmu.aggregateId()))
        .findFirst()
        .orElseThrow()
        .name();
  }
}
