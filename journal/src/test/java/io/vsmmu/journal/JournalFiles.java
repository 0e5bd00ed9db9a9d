package io.vsmmu.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;

/** What tests do with a journal's directory: fill it, copy it as a SIGKILL leaves it, damage it. */
final class JournalFiles {

  /** Small segments, so that a test uses several. */
  static final JournalLimits SMALL = new JournalLimits(8192, 8, 1);

  /** Held, because a logger that nothing refers to loses its level. */
  private static final Logger LOGGER = Logger.getLogger("io.vsmmu.journal");

  static {
    // Tests accept losses thousands of times.
    LOGGER.setLevel(Level.OFF);
  }

  private JournalFiles() {}

  static Journal start(Path directory, long shipped) {
    return start(directory, shipped, false);
  }

  static Journal start(Path directory, long shipped, boolean acceptLoss) {
    try (JournalRecovery recovery = open(directory, SMALL)) {
      return recovery.start(shipped, acceptLoss, JournalBoundary.Observer.NONE);
    }
  }

  /** Makes the directory if it does not exist, and opens what is in it. */
  static JournalRecovery open(Path directory, JournalLimits limits) {
    try {
      Files.createDirectories(directory);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return JournalRecovery.open(directory, limits, Optional.empty());
  }

  static JournalEntry entry(String text) {
    return entry(text.getBytes(StandardCharsets.UTF_8));
  }

  static List<JournalEntry> entries(String... texts) {
    return Stream.of(texts).map(JournalFiles::entry).toList();
  }

  static JournalEntry entry(byte[] bytes) {
    return new JournalEntry() {
      @Override
      public int bytes() {
        return bytes.length;
      }

      @Override
      public void write(ByteBuffer into) {
        into.put(bytes);
      }
    };
  }

  /** The bytes of every entry from a position on; fails if a position is missing between them. */
  static List<byte[]> readBytes(Journal journal, long from) {
    List<byte[]> found = new ArrayList<>();
    JournalReader reader = journal.reader(from);
    while (reader.read(
            1 << 14,
            (position, entry) -> {
              assertEquals(from + found.size(), position);
              byte[] bytes = new byte[entry.remaining()];
              entry.get(bytes);
              found.add(bytes);
            })
        > 0) {}
    assertEquals(journal.last(), from + found.size() - 1);
    return found;
  }

  /** Every entry from a position on, with its position before it. */
  static List<String> read(Journal journal, long from) {
    List<String> found = new ArrayList<>();
    JournalReader reader = journal.reader(from);
    while (reader.read(
            1 << 20,
            (position, entry) ->
                found.add(position + " " + StandardCharsets.UTF_8.decode(entry).toString()))
        > 0) {}
    return found;
  }

  /** A copy of the directory's files: what a SIGKILL at this moment leaves in the page cache. */
  static Path copy(Path directory, Path into) throws IOException {
    Map<String, byte[]> files = new TreeMap<>();
    contents(directory).forEach((name, bytes) -> files.put(name, bytes.array()));
    write(into, files);
    return into;
  }

  /** The segment files of the directory, in the order of their names. */
  static List<Path> segments(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.filter(SegmentNames::matches).sorted().toList();
    }
  }

  /** The segment file whose header has the largest number: the one that is written. */
  static Path active(Path directory) throws IOException {
    int highest =
        headers(directory).values().stream().mapToInt(SegmentHeader::number).max().orElse(0);
    return segment(directory, highest);
  }

  /** The segment file whose header has a number. */
  static Path segment(Path directory, int number) throws IOException {
    return headers(directory).entrySet().stream()
        .filter(file -> file.getValue().number() == number)
        .map(file -> directory.resolve(file.getKey()))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no segment " + number));
  }

  private static Map<String, SegmentHeader> headers(Path directory) throws IOException {
    Map<String, SegmentHeader> headers = new TreeMap<>();
    contents(directory)
        .forEach(
            (name, bytes) -> {
              header(bytes).ifPresent(header -> headers.put(name, header));
            });
    return headers;
  }

  private static Optional<SegmentHeader> header(ByteBuffer file) {
    return file.capacity() < SegmentHeader.BYTES ? Optional.empty() : SegmentHeader.read(file);
  }

  /** The bytes of all files of a directory except the lock. */
  static Map<String, ByteBuffer> contents(Path directory) throws IOException {
    Map<String, ByteBuffer> contents = new TreeMap<>();
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.toList()) {
        if (!file.endsWith("journal.lock") && Files.isRegularFile(file)) {
          readIfThere(file).ifPresent(bytes -> contents.put(file.getFileName().toString(), bytes));
        }
      }
    }
    return contents;
  }

  /** Empty if the file is deleted meanwhile, as spare files are. */
  private static Optional<ByteBuffer> readIfThere(Path file) throws IOException {
    try {
      return Optional.of(ByteBuffer.wrap(Files.readAllBytes(file)));
    } catch (NoSuchFileException deleted) {
      return Optional.empty();
    }
  }

  static void write(Path directory, Map<String, byte[]> contents) throws IOException {
    Files.createDirectories(directory);
    for (Map.Entry<String, byte[]> file : contents.entrySet()) {
      Files.write(directory.resolve(file.getKey()), file.getValue());
    }
  }

  static void delete(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  /** Changes the bytes of a file. */
  static void change(Path file, Consumer<byte[]> change) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    change.accept(bytes);
    Files.write(file, bytes, StandardOpenOption.WRITE);
  }

  /** Makes a directory look as if the machine had been started again since it was written. */
  static void inAnotherBoot(Path directory) throws IOException {
    for (Path file : segments(directory)) {
      change(file, JournalFiles::inAnotherBoot);
    }
  }

  /** Makes a segment look as if the machine had been started again since it was written. */
  static void inAnotherBoot(byte[] segment) {
    header(ByteBuffer.wrap(segment))
        .map(header -> header.renewed(new UUID(1, 2), header.synced()))
        .ifPresent(header -> header.bytes().get(segment, 0, SegmentHeader.BYTES));
  }
}
