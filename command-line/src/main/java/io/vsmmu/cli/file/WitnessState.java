package io.vsmmu.cli.file;

import io.vsmmu.db.embedded.PrivateFile;
import io.vsmmu.db.embedded.PrivateFolder;
import io.vsmmu.db.embedded.PrivateLock;
import io.vsmmu.transparency.Checkpoint;
import io.vsmmu.transparency.MalformedNoteException;
import io.vsmmu.transparency.SignatureType;
import io.vsmmu.transparency.SignedNote;
import io.vsmmu.transparency.SigningKey;
import io.vsmmu.transparency.VerifierKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a witness remembers, in a folder that one process uses at a time: its key ({@code key}), the
 * key of each service's log ({@code logs}: a URL, a space and a verifier key on each line), and the
 * last checkpoint of each log with its own cosignature ({@code checkpoints}).
 */
public final class WitnessState implements AutoCloseable {

  private final Path folder;
  private final PrivateLock lock;
  private final SigningKey key;
  private final Map<String, VerifierKey> logs = new LinkedHashMap<>();
  private final Map<String, SignedNote> checkpoints = new LinkedHashMap<>();

  private WitnessState(Path folder, PrivateLock lock, String name)
      throws IOException, MalformedNoteException {
    this.folder = folder;
    this.lock = lock;
    this.key = key(name);
    for (String line : lines("logs")) {
      int space = line.indexOf(' ');
      logs.put(line.substring(0, Math.max(0, space)), VerifierKey.parse(line.substring(space + 1)));
    }
    Path seen = folder.resolve("checkpoints");
    if (Files.exists(seen)) {
      for (SignedNote note : SignedNote.parseAll(Files.readString(seen))) {
        checkpoints.put(Checkpoint.parse(note.text()).origin(), note);
      }
    }
  }

  /**
   * Opens a folder, or makes it.
   *
   * @param name of the witness, with which a key is made
   * @throws IOException if it cannot be used, or another process uses it
   * @throws MalformedNoteException if a file in it is damaged, or the name is not allowed
   */
  public static WitnessState open(Path folder, String name)
      throws IOException, MalformedNoteException {
    Path path = PrivateFolder.make(folder);
    PrivateLock lock =
        PrivateLock.tryTake(path.resolve("lock"))
            .orElseThrow(() -> new IOException("another witness uses " + path));
    try {
      return new WitnessState(path, lock, name);
    } catch (IOException | MalformedNoteException | RuntimeException failed) {
      lock.close();
      throw failed;
    }
  }

  private SigningKey key(String name) throws IOException, MalformedNoteException {
    Path file = folder.resolve("key");
    if (!Files.exists(file)) {
      replace("key", SigningKey.generate(name, SignatureType.COSIGNATURE).secretText() + "\n");
    }
    return SigningKey.parse(Files.readString(file).strip());
  }

  private Iterable<String> lines(String name) throws IOException {
    Path file = folder.resolve(name);
    return Files.exists(file) ? Files.readAllLines(file) : Set.of();
  }

  /** The key with which this witness cosigns. */
  public SigningKey key() {
    return key;
  }

  /** The key of the log that a service had; empty if this witness never saw it. */
  public Optional<VerifierKey> log(String url) {
    return Optional.ofNullable(logs.get(url));
  }

  /** The last checkpoint of a log that this witness cosigned, with its cosignature. */
  public Optional<SignedNote> last(String origin) {
    return Optional.ofNullable(checkpoints.get(origin));
  }

  /** When this witness cosigned a checkpoint, in seconds since 1970; empty if it did not. */
  public Optional<Long> cosignedAt(SignedNote note) {
    return note.signatures().stream()
        .flatMap(one -> key.verifier().cosignedAt(note.text(), one).stream())
        .findFirst();
  }

  /**
   * Remembers a checkpoint, on the storage device when it returns.
   *
   * @param cosigned with this witness's cosignature
   */
  public void remember(String url, VerifierKey log, SignedNote cosigned) throws IOException {
    logs.put(url, log);
    checkpoints.put(log.name(), cosigned);
    StringBuilder keys = new StringBuilder();
    logs.forEach((of, one) -> keys.append(of).append(' ').append(one).append('\n'));
    replace("logs", keys.toString());
    StringBuilder notes = new StringBuilder();
    checkpoints.values().forEach(notes::append);
    replace("checkpoints", notes.toString());
  }

  private void replace(String name, String text) throws IOException {
    PrivateFile.replace(folder.resolve(name), text);
  }

  @Override
  public void close() {
    lock.close();
  }
}
