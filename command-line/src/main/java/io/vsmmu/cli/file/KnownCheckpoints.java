package io.vsmmu.cli.file;

import io.vsmmu.transparency.Checkpoint;
import io.vsmmu.transparency.MalformedNoteException;
import io.vsmmu.transparency.SignedNote;
import io.vsmmu.transparency.VerifierKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Checkpoints that were kept in a file: one note, or several one behind the other. */
public final class KnownCheckpoints {

  /** Bytes of a file; a larger one is refused. A service's own file is at most as long. */
  static final long FILE_BYTES = 65L << 20;

  private final List<Checkpoint> checkpoints;

  private KnownCheckpoints(List<Checkpoint> checkpoints) {
    this.checkpoints = List.copyOf(checkpoints);
  }

  /** No checkpoint. */
  public static KnownCheckpoints none() {
    return new KnownCheckpoints(List.of());
  }

  /**
   * Reads a file.
   *
   * @param keys of which one must have signed each checkpoint; empty to take them as they are
   * @throws IOException if it cannot be read
   * @throws MalformedNoteException if it has something else than checkpoints, or one that no key
   *     signed
   */
  public static KnownCheckpoints read(Path file, List<VerifierKey> keys)
      throws IOException, MalformedNoteException {
    if (Files.isRegularFile(file) && Files.size(file) > FILE_BYTES) {
      throw new MalformedNoteException("a file of checkpoints has at most 65 MiB");
    }
    Map<String, Checkpoint> read = new LinkedHashMap<>();
    for (SignedNote note : SignedNote.parseAll(Files.readString(file))) {
      read.putIfAbsent(note.text(), checked(note, keys));
    }
    if (read.isEmpty()) {
      throw new MalformedNoteException("there is no checkpoint in it");
    }
    return new KnownCheckpoints(List.copyOf(read.values()));
  }

  /** The checkpoint of a note that one of the keys signed, if there are keys. */
  static Checkpoint checked(SignedNote note, List<VerifierKey> keys) throws MalformedNoteException {
    Checkpoint checkpoint = Checkpoint.parse(note.text());
    if (!keys.isEmpty() && keys.stream().noneMatch(note::isSignedBy)) {
      throw new MalformedNoteException(
          "the checkpoint of size %d is signed by none of the given keys"
              .formatted(checkpoint.size()));
    }
    return checkpoint;
  }

  /** Each one once, also if several notes have it with other signatures. */
  public List<Checkpoint> all() {
    return checkpoints;
  }

  /** The one with the most segments; empty if there is none. */
  public Optional<Checkpoint> largest() {
    return checkpoints.stream().max(Comparator.comparingLong(Checkpoint::size));
  }
}
