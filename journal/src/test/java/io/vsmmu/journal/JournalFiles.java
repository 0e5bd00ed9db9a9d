package io.vsmmu.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
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
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
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

  static List<JournalEntry> entries(String... texts) {
    return Stream.of(texts).map(JournalFiles::entry).toList();
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
        Files.copy(file, into.resolve(file.getFileName()));
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
                      header -> header.inBoot(new java.util.UUID(1, 2)).bytes().get(bytes, 0, 68)));
    }
  }
}
