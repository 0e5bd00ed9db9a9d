package io.vsmmu.transparency;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sigstore.rekor.client.Checkpoints;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The formats of C2SP, with the vectors that their specifications and implementations publish. */
class SignedNotesTest {

  /** c2sp.org/signed-note, "Verifier keys", "Example". */
  private static final String EXAMPLE_KEY =
      "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";

  private static final String EXAMPLE_NOTE =
      """
      This is an example message.

      — example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=
      """;

  /** golang.org/x/mod, sumdb/note/note_test.go. */
  private static final String PETER =
      "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";

  private static final String PETERS_SECRET =
      "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz";
  private static final String ENOCH =
      "EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop";
  private static final String PETERS_TEXT =
      """
      If you think cryptography is the answer to your problem,
      then you don't know what your problem is.
      """;
  private static final String PETERS_LINE =
      "— PeterNeumann"
          + " x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";
  private static final String ENOCHS_LINE =
      "— EnochRoot"
          + " rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2tiOHp+vAF1aGrQ5ovTG01oOTGwnWLox33WWd1RvMc+QQ=\n";

  /**
   * A checkpoint of a public certificate transparency log, cosigned by public witnesses. The log's
   * own first signature is of a type that is not used here.
   */
  private static final String WITNESSED =
      """
      arche2025h1.staging.ct.transparency.dev
      1432088532
      U7WM79jrzyhGZ5/GUBTpM7NzwdyfFx61t3RovgcC4Ro=

      — arche2025h1.staging.ct.transparency.dev zTM8sQAAAZ5W0WdjBAMARjBEAiBjW5IQf9pvsYLfQFX6hoGREPMHbdQ3urbllzalApkptQIgIpwtEroeW2BXaHAI4kJXFbon5Ch9MNL5zRNZ55lvGt0=
      — arche2025h1.staging.ct.transparency.dev ui8GwCF1+kWqZrxGdhj4aX3gcw7XUlXQQabg/27lefwhUkzbC3NygNI75MdhL1bfTW9g8Ei59RA23oHP7Ry1k3ZFWwQ=
      — transparency.dev/DEV:witness-little-garden 2AQqhwAAAABqEiEgzgFIqqhbUoDwjMWE6UP8nd8/KYTzwZ2rhIgcqoXHAwVkjZr4AscylP3v7sEodkRAErumC2q44vdgJY096st5BQ==
      — witness1.smartit.nu/witness1 pIyCDwAAAABqEiEghIp82KWebrw7/oHQwlTAm3g2RKS4+eebl8eO0WH+/iEcxZ75W3u5hNI7TOQtmJbqmNWVuE0tgh0XwzdZsDsUAQ==
      — remora.n621.de 2net5wAAAABqEiEgPlfF3V06o0Y+fHM+J5J9s27wgxxcOVSpZ/2g/KSiXCg9DEZI+aVCIobWX9sXTynk5XeU/zZ0WBxtqB0DrAWfBw==
      — witness.stagemole.eu Z/euoAAAAABqEiEgw0i+7g2ENfDAWHmtRzCfKTHSDwYDJA2NmKeGi9Y8FtEyOUvVr+AJmIY/2TUFucgKi7lI7cUiOvKFYe/TmN9DAg==
      """;

  private static final String WITNESSED_LOG =
      "arche2025h1.staging.ct.transparency.dev+ba2f06c0+AU0vHmlGCS/PdN8b2OaGmKprLI8HKM+dJ472xgFYh15f";

  private static final List<String> WITNESSES =
      List.of(
          "transparency.dev/DEV:witness-little-garden+d8042a87+BCtusOxINQNUTN5Oj8HObRkh2yHf/MwYaGX4CPdiVEPM",
          "witness1.smartit.nu/witness1+a48c820f+BPSFWg9G6KPiO7QPryYO5Xq4oYJJ+kAvLKLSimDhoxMO",
          "remora.n621.de+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2",
          "witness.stagemole.eu+67f7aea0+BEqSG3yu9YrmcM3BHvQYTxwFj3uSWakQepafafpUqklv");

  private static final long WITNESSED_AT = 0x6a122120;

  /** RFC 8032, 7.1, TEST 2: a secret key, its public key, and a message with its signature. */
  private static final String RFC_SECRET =
      "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb";

  private static final String RFC_PUBLIC =
      "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c";

  @Test
  void the_example_of_the_specification_verifies() throws Exception {
    // when
    SignedNote note = SignedNote.parse(EXAMPLE_NOTE);
    VerifierKey key = VerifierKey.parse(EXAMPLE_KEY);

    // then
    assertThat(note.text()).isEqualTo("This is an example message.\n");
    assertThat(note.isSignedBy(key)).isTrue();
    assertThat(note.toString()).isEqualTo(EXAMPLE_NOTE);
    assertThat(key.toString()).isEqualTo(EXAMPLE_KEY);
    assertThat(new SignedNote("Another message.\n", note.signatures()).isSignedBy(key)).isFalse();
  }

  @Test
  void a_note_is_signed_with_the_bytes_of_the_reference_implementation() throws Exception {
    // given
    SigningKey key = SigningKey.parse(PETERS_SECRET);

    // then
    assertThat(key.sign(PETERS_TEXT).line()).isEqualTo(PETERS_LINE);
    assertThat(key.verifier()).isEqualTo(VerifierKey.parse(PETER));
    assertThat(key.secretText()).isEqualTo(PETERS_SECRET);
    assertThat(key.toString()).isEqualTo(PETER);
  }

  @Test
  void public_keys_are_derived_as_in_rfc_8032() {
    assertThat(HexFormat.of().formatHex(Ed25519.publicKey(HexFormat.of().parseHex(RFC_SECRET))))
        .isEqualTo(RFC_PUBLIC);
  }

  @Test
  void signatures_of_other_keys_are_ignored_and_a_wrong_one_of_a_known_key_refuses_the_note()
      throws Exception {
    // given
    VerifierKey peter = VerifierKey.parse(PETER);
    VerifierKey enoch = VerifierKey.parse(ENOCH);
    String both = PETERS_TEXT + "\n" + PETERS_LINE + ENOCHS_LINE;
    String wrong = both.replace("x08go/ZJ", "x08go/ZK");

    // then
    assertThat(SignedNote.parse(both).isSignedBy(peter)).isTrue();
    assertThat(SignedNote.parse(both).isSignedBy(enoch)).isTrue();
    assertThat(SignedNote.parse(both).isSignedBy(VerifierKey.parse(EXAMPLE_KEY))).isFalse();
    assertThat(SignedNote.parse(wrong).isSignedBy(peter)).isFalse();
    assertThat(SignedNote.parse(wrong).isSignedBy(enoch)).isTrue();
    assertThat(SignedNote.parse(wrong + PETERS_LINE).isSignedBy(peter)).isFalse();
  }

  @Test
  void keys_that_were_changed_in_any_character_or_cut_are_refused() {
    for (int i = 0; i < PETER.length(); i++) {
      for (int j = i + 1; j <= PETER.length(); j++) {
        String part = PETER.substring(i, j);
        if (!part.equals(PETER)) {
          assertThatThrownBy(() -> VerifierKey.parse(part))
              .isInstanceOf(MalformedNoteException.class);
        }
      }
      StringBuilder changed = new StringBuilder(PETER);
      changed.setCharAt(i, (char) (PETER.charAt(i) + 1));
      assertThatThrownBy(() -> VerifierKey.parse(changed.toString()))
          .isInstanceOf(MalformedNoteException.class);
    }
    for (int i = 0; i < PETERS_SECRET.length(); i++) {
      StringBuilder changed = new StringBuilder(PETERS_SECRET);
      changed.setCharAt(i, (char) (PETERS_SECRET.charAt(i) + 1));
      assertThatThrownBy(() -> SigningKey.parse(changed.toString()))
          .isInstanceOf(MalformedNoteException.class);
    }
  }

  @Test
  void a_public_checkpoint_and_the_cosignatures_of_its_witnesses_verify() throws Exception {
    // when
    SignedNote note = SignedNote.parse(WITNESSED);
    Checkpoint checkpoint = Checkpoint.parse(note.text());

    // then
    assertThat(checkpoint.origin()).isEqualTo("arche2025h1.staging.ct.transparency.dev");
    assertThat(checkpoint.size()).isEqualTo(1_432_088_532L);
    assertThat(checkpoint.text()).isEqualTo(note.text());
    assertThat(note.isSignedBy(VerifierKey.parse(WITNESSED_LOG))).isTrue();
    assertThat(note.toString()).isEqualTo(WITNESSED);
    for (String witness : WITNESSES) {
      VerifierKey key = VerifierKey.parse(witness);
      assertThat(note.isSignedBy(key)).isTrue();
      assertThat(cosignedAt(key, note)).isEqualTo(Optional.of(WITNESSED_AT));
      SignedNote smaller =
          new SignedNote(note.text().replace("1432088532", "1432088531"), note.signatures());
      assertThat(smaller.isSignedBy(key)).isFalse();
    }
  }

  private static Optional<Long> cosignedAt(VerifierKey key, SignedNote note) {
    return note.signatures().stream()
        .flatMap(signature -> key.cosignedAt(note.text(), signature).stream())
        .findFirst();
  }

  @Test
  void a_cosignature_holds_for_its_time_and_text_alone() throws Exception {
    // given
    SigningKey witness = SigningKey.generate("witness.example/w1", SignatureType.COSIGNATURE);
    String text = new Checkpoint("example.com/log", 7, TreeHasher.emptyRoot()).text();
    NoteSignature made = witness.cosign(text, 1_679_315_147L);
    byte[] later = made.signature().clone();
    later[7]++;

    // then
    VerifierKey key = VerifierKey.parse(witness.verifier().toString());
    assertThat(key.cosignedAt(text, made)).contains(1_679_315_147L);
    assertThat(key.cosignedAt(text.replace("7", "8"), made)).isEmpty();
    assertThat(key.cosignedAt(text, new NoteSignature(made.name(), made.keyId(), later))).isEmpty();
    assertThat(new SignedNote(text, List.of(made)).isSignedBy(key)).isTrue();
  }

  @Test
  void sigstore_parses_a_checkpoint() throws Exception {
    // given
    SigningKey key = SigningKey.generate("example.com/host-1", SignatureType.ED25519);
    Checkpoint checkpoint = new Checkpoint("example.com/host-1", 12, TreeHasher.emptyRoot());
    SignedNote note = new SignedNote(checkpoint.text(), List.of(key.sign(checkpoint.text())));

    // when
    var parsed = Checkpoints.from(note.toString());

    // then
    assertThat(parsed.getOrigin()).isEqualTo("example.com/host-1");
    assertThat(parsed.getSize()).isEqualTo(12L);
    assertThat(parsed.getBase64Hash())
        .isEqualTo(Base64.getEncoder().encodeToString(TreeHasher.emptyRoot()));
    assertThat(parsed.getSignatures())
        .singleElement()
        .satisfies(one -> assertThat(one.getIdentity()).isEqualTo("example.com/host-1"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "\n",
        "text\n",
        "text\n\n",
        "text\n— a AAAAAAA=\n",
        "text\n\n— a AAAAAAA=",
        "text\n\n- a AAAAAAA=\n",
        "text\n\n— aAAAAAAA=\n",
        "text\n\n— a b AAAAAAA=\n",
        "text\n\n— a+b AAAAAAA=\n",
        "text\n\n— a AAAA\n",
        "text\n\n— a AAAAAAA\n",
        "text\n\n— a AAAAAAB=\n",
        "te\rxt\n\n— a AAAAAAA=\n",
        "text\n\n— a AAAAAAA=\n\n"
      })
  void what_is_no_note_is_refused(String text) {
    assertThatThrownBy(() -> SignedNote.parse(text)).isInstanceOf(MalformedNoteException.class);
  }

  @Test
  void a_note_with_more_signatures_than_the_limit_is_refused() throws Exception {
    // given
    String line = "— a AAAAAAA=\n";

    // then
    assertThat(
            SignedNote.parse("text\n\n" + line.repeat(TransparencyLimits.NOTE_SIGNATURES))
                .signatures())
        .hasSize(TransparencyLimits.NOTE_SIGNATURES);
    assertThatThrownBy(
            () ->
                SignedNote.parse("text\n\n" + line.repeat(TransparencyLimits.NOTE_SIGNATURES + 1)))
        .isInstanceOf(MalformedNoteException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a\n1\n",
        "a\n1\nU7WM79jrzyhGZ5/GUBTpM7NzwdyfFx61t3RovgcC4Ro=",
        "\n1\nU7WM79jrzyhGZ5/GUBTpM7NzwdyfFx61t3RovgcC4Ro=\n",
        "a\n01\nU7WM79jrzyhGZ5/GUBTpM7NzwdyfFx61t3RovgcC4Ro=\n",
        "a\n-1\nU7WM79jrzyhGZ5/GUBTpM7NzwdyfFx61t3RovgcC4Ro=\n",
        "a\n9999999999999999999\nU7WM79jrzyhGZ5/GUBTpM7NzwdyfFx61t3RovgcC4Ro=\n",
        "a\n1\nU7WM\n",
        "a\n1\nU7WM79jrzyhGZ5/GUBTpM7NzwdyfFx61t3RovgcC4Ro=\n\nx\n"
      })
  void what_is_no_checkpoint_is_refused(String text) {
    assertThatThrownBy(() -> Checkpoint.parse(text)).isInstanceOf(MalformedNoteException.class);
  }

  @Test
  void a_file_of_several_notes_is_read_note_by_note() throws Exception {
    // given
    String two = PETERS_TEXT + "\n" + PETERS_LINE + ENOCHS_LINE + WITNESSED;

    // when
    List<SignedNote> notes = SignedNote.parseAll(two);

    // then
    assertThat(notes).hasSize(2);
    assertThat(notes.get(0).text()).isEqualTo(PETERS_TEXT);
    assertThat(notes.get(1).toString()).isEqualTo(WITNESSED);
  }

  @Test
  void a_segment_is_proven_by_its_leaf_alone() throws Exception {
    // given
    SigningKey key = SigningKey.generate("example.com/host-1", SignatureType.ED25519);
    List<byte[]> leaves = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      leaves.add(leaf(i).encoded());
    }
    TreeHasher hasher = new TreeHasher();
    GrowingTree tree = new GrowingTree();
    leaves.forEach(leaf -> tree.append(hasher.leaf(leaf)));
    Checkpoint checkpoint = new Checkpoint("example.com/host-1", 5, tree.root());
    SignedNote note = new SignedNote(checkpoint.text(), List.of(key.sign(checkpoint.text())));
    // The last of five leaves has the root of the four before as its only sibling.
    GrowingTree four = new GrowingTree();
    leaves.subList(0, 4).forEach(leaf -> four.append(hasher.leaf(leaf)));

    // when
    TlogProof proof = new TlogProof(leaves.get(4), 4, List.of(four.root()), note);
    TlogProof read = TlogProof.parse(proof.toString());

    // then
    assertThat(read.holds()).isTrue();
    assertThat(SegmentLeaf.parse(read.leaf())).isEqualTo(leaf(4));
    assertThat(read.checkpoint().isSignedBy(key.verifier())).isTrue();
    assertThat(new TlogProof(leaves.get(3), 4, read.path(), note).holds()).isFalse();
    assertThat(proof.toString())
        .startsWith("c2sp.org/tlog-proof@v1\nextra ")
        .contains("\nindex 4\n");
  }

  private static SegmentLeaf leaf(int index) {
    byte[] hash = new byte[TreeHasher.HASH_BYTES];
    hash[0] = (byte) index;
    return new SegmentLeaf(
        index,
        index * 10L + 1,
        index * 10L + 10,
        hash,
        List.of(
            new SegmentHead(new UUID(-1, 2), 5, 0, "zwölf", index, hash),
            new SegmentHead(new UUID(1, index), -5, SegmentHead.IMPORTING, "", -1, hash)));
  }

  /**
   * Computed outside of this code base from the layouts that SegmentLeaf and EventLeaf document.
   */
  @Test
  void the_bytes_of_a_segment_and_of_an_event_are_those_of_the_documentation() throws Exception {
    // when
    byte[] segment = leaf(3).encoded();
    byte[] event =
        EventLeaf.encoded(9, new UUID(1, 2), 3, 4, 5, null, "é", new byte[] {6}, new byte[] {7, 8});

    // then
    String hash = "03" + "00".repeat(31);
    assertThat(HexFormat.of().formatHex(segment))
        .isEqualTo(
            "76736d6d75207365676d656e7420310a"
                + "0000000000000003"
                + "000000000000001f"
                + "0000000000000028"
                + hash
                + "00000002"
                + "0000000000000001"
                + "0000000000000003"
                + "fffffffffffffffb"
                + "01"
                + "0000"
                + "ffffffffffffffff"
                + hash
                + "ffffffffffffffff"
                + "0000000000000002"
                + "0000000000000005"
                + "00"
                + "0006"
                + "7a77c3b66c66"
                + "0000000000000003"
                + hash);
    assertThat(HexFormat.of().formatHex(event))
        .isEqualTo(
            "0000000000000009"
                + "0000000000000001"
                + "0000000000000002"
                + "0000000000000003"
                + "0000000000000004"
                + "0005"
                + "ffffffffffffffff"
                + "00000002"
                + "c3a9"
                + "00000001"
                + "06"
                + "00000002"
                + "0708");
    for (int length = 0; length < segment.length; length++) {
      byte[] cut = Arrays.copyOf(segment, length);
      assertThatThrownBy(() -> SegmentLeaf.parse(cut)).isInstanceOf(MalformedNoteException.class);
    }
  }
}
