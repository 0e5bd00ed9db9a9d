package io.vsmmu.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** What tests do with a journal's directory: fill it, copy it as a SIGKILL leaves it, damage it. */
final class JournalFiles {

  /** Small segments, so that a test uses several. */
  static final JournalLimits SMALL = new JournalLimits(8192, 8, 1);

  private JournalFiles() {}

  static Journal start(Path directory, long shipped) {
    return start(directory, shipped, false);
  }

  static Journal start(Path directory, long shipped, boolean acceptLoss) {
    try (JournalRecovery recovery = JournalRecovery.open(directory, SMALL)) {
      return recovery.start(shipped, acceptLoss, JournalBoundary.Observer.NONE);
    }
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
    Files.createDirectories(into);
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.filter(SegmentNames::matches).toList()) {
        try {
          Files.copy(file, into.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
        } catch (NoSuchFileException deleted) {
          // It was a spare file.
        }
      }
    }
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
    Path active = directory;
    int highest = 0;
    for (Path file : segments(directory)) {
      Optional<SegmentHeader> header = header(file);
      if (header.isPresent() && header.get().number() > highest) {
        highest = header.get().number();
        active = file;
      }
    }
    return active;
  }

  /** The segment file whose header has a number. */
  static Path segment(Path directory, int number) throws IOException {
    for (Path file : segments(directory)) {
      if (header(file).filter(header -> header.number() == number).isPresent()) {
        return file;
      }
    }
    throw new AssertionError("no segment " + number);
  }

  private static Optional<SegmentHeader> header(Path file) throws IOException {
    return SegmentHeader.read(ByteBuffer.wrap(Files.readAllBytes(file)));
  }

  /** The bytes of all files of a directory except the lock. */
  static Map<String, ByteBuffer> contents(Path directory) throws IOException {
    Map<String, ByteBuffer> contents = new TreeMap<>();
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.toList()) {
        if (!file.endsWith("journal.lock")) {
          contents.put(file.getFileName().toString(), ByteBuffer.wrap(Files.readAllBytes(file)));
        }
      }
    }
    return contents;
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
      change(
          file,
          bytes ->
              SegmentHeader.read(ByteBuffer.wrap(bytes))
                  .ifPresent(
                      header ->
                          header
                              .renewed(new java.util.UUID(1, 2), header.synced())
                              .bytes()
                              .get(bytes, 0, 68)));
    }
  }
}
