package io.vsmmu.db.seal;

import io.vsmmu.db.embedded.PrivateFile;
import io.vsmmu.db.embedded.PrivateFolder;
import io.vsmmu.transparency.Checkpoint;
import io.vsmmu.transparency.MalformedNoteException;
import io.vsmmu.transparency.SignatureType;
import io.vsmmu.transparency.SignedNote;
import io.vsmmu.transparency.SigningKey;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** The files of sealing, which lie outside the database: the private key, and the checkpoints. */
final class SealFiles {

  /** Bytes of the end of the file of checkpoints that are read for the last one. */
  private static final int TAIL_BYTES = 1 << 17;

  private final Path checkpoints;
  private final String origin;

  /**
   * @param origin the first line of each checkpoint
   */
  SealFiles(Path checkpoints, String origin) {
    this.checkpoints = checkpoints;
    this.origin = origin;
  }

  /**
   * Reads the key, or makes one whose file only this user can read.
   *
   * @throws IOException if the file cannot be read or written, or has no key, or a key of another
   *     origin than the one that is set; the message has the path
   */
  static SigningKey key(SealSettings settings) throws IOException {
    Path file = settings.keyFile().toAbsolutePath();
    try {
      if (!Files.exists(file)) {
        make(file, settings.origin());
      }
      SigningKey key = SigningKey.parse(Files.readString(file).strip());
      String origin = key.verifier().name();
      if (key.verifier().type() != SignatureType.ED25519) {
        throw new IOException(file + " has a key of a witness, not one of a log");
      }
      if (!settings.origin().isEmpty() && !settings.origin().equals(origin)) {
        throw new IOException(
            "The key in %s is that of the log '%s', not of vsmmu.sealing.origin '%s'"
                .formatted(file, origin, settings.origin()));
      }
      return key;
    } catch (MalformedNoteException wrong) {
      throw new IOException("%s: %s".formatted(file, wrong.getMessage()), wrong);
    }
  }

  private static void make(Path file, String origin) throws IOException, MalformedNoteException {
    SigningKey key =
        SigningKey.generate(origin.isEmpty() ? generated() : origin, SignatureType.ED25519);
    makeParent(file);
    PrivateFile.replace(file, key.secretText() + "\n");
  }

  private static void makeParent(Path file) throws IOException {
    Path parent = file.getParent();
    if (parent != null && !Files.isDirectory(parent)) {
      PrivateFolder.make(parent);
    }
  }

  /** The host's name, and what makes the log one of its own if the name is not unique. */
  private static String generated() {
    String unique = HexFormat.of().toHexDigits(UUID.randomUUID().getMostSignificantBits());
    try {
      String host = InetAddress.getLocalHost().getHostName();
      return host.replaceAll("[^A-Za-z0-9.-]", "-") + "/vsmmu/" + unique;
    } catch (UnknownHostException nameless) {
      return "localhost/vsmmu/" + unique;
    }
  }

  /**
   * The last checkpoint of the file; empty if there is none. What the end of the machine left of a
   * checkpoint behind it is removed: the database has that checkpoint, and it is appended again.
   *
   * @throws IOException also if the file has something else
   */
  Optional<Checkpoint> last() throws IOException {
    if (!Files.exists(checkpoints)) {
      return Optional.empty();
    }
    try (FileChannel file =
        FileChannel.open(checkpoints, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      long begin = Math.max(0, file.size() - TAIL_BYTES);
      ByteBuffer bytes = ByteBuffer.allocate((int) (file.size() - begin));
      while (bytes.hasRemaining() && file.read(bytes, begin + bytes.position()) >= 0) {
        // Until all is read.
      }
      byte[] tail = bytes.array();
      for (int end = tail.length; end > 0; end = lineEnd(tail, end - 1)) {
        Optional<Checkpoint> found = endingAt(tail, end);
        if (found.isPresent()) {
          file.truncate(begin + end);
          return found;
        }
      }
      byte[] first = (origin + "\n").getBytes(StandardCharsets.UTF_8);
      int length = Math.min(tail.length, first.length);
      if (!Arrays.equals(tail, 0, length, first, 0, length)) {
        throw new IOException(
            checkpoints + " is no file of checkpoints: give another vsmmu.sealing.checkpoint-file");
      }
      file.truncate(begin);
      return Optional.empty();
    }
  }

  /**
   * The end of the line that ends at or before an index, behind its newline; 0 if there is none.
   */
  private static int lineEnd(byte[] text, int index) {
    int end = index;
    while (end > 0 && text[end - 1] != '\n') {
      end--;
    }
    return end;
  }

  private static Optional<Checkpoint> endingAt(byte[] tail, int end) {
    String text = new String(tail, 0, end, StandardCharsets.UTF_8);
    int body = text.lastIndexOf("\n\n");
    if (body < 0) {
      return Optional.empty();
    }
    // The note begins behind the last signature line of the one before.
    int before = text.lastIndexOf("\n\u2014 ", body);
    int begin = before < 0 ? 0 : text.indexOf('\n', before + 1) + 1;
    try {
      return Optional.of(Checkpoint.parse(SignedNote.parse(text.substring(begin)).text()));
    } catch (MalformedNoteException cutOff) {
      return Optional.empty();
    }
  }

  /** Appends a checkpoint and returns when it is on the storage device. */
  void append(SignedNote note) throws IOException {
    makeParent(checkpoints.toAbsolutePath());
    if (Files.exists(checkpoints) && Files.size(checkpoints) > SealLimits.CHECKPOINT_FILE_BYTES) {
      Files.move(
          checkpoints,
          checkpoints.resolveSibling(checkpoints.getFileName() + ".old"),
          StandardCopyOption.REPLACE_EXISTING);
    }
    try (FileChannel out =
        FileChannel.open(
            checkpoints,
            Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND),
            PrivateFolder.fileMode())) {
      PrivateFile.write(out, note.toString());
    }
  }
}
