package io.vsmmu.fuzz;

import io.vsmmu.journal.Journal;
import io.vsmmu.journal.JournalBoundary;
import io.vsmmu.journal.JournalEntry;
import io.vsmmu.journal.JournalLimits;
import io.vsmmu.journal.JournalReader;
import io.vsmmu.journal.JournalRecovery;
import io.vsmmu.journal.JournalRefusedException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;
import java.util.zip.CRC32C;

/**
 * A journal's directory that a disk or a person has changed. It opens with what was appended, or is
 * refused with a reason, and nothing else is thrown; with the loss accepted it opens, takes an
 * entry, and has that entry when it is opened again. Edits may be sealed with a right checksum, as
 * a forger does; what is read is then any entry.
 */
final class JournalTarget implements FuzzTarget {

  private static final JournalLimits LIMITS = new JournalLimits(8192, 8, 1);
  private static final int EDITS = 32;
  private static final int SEGMENT_HEADER = 128;
  private static final int HEADER_CRC = 64;

  /** Held, because a logger that nothing refers to loses its level. */
  private static final Logger LOGGER = Logger.getLogger("io.vsmmu.journal");

  private final Path folder = Scratch.folder("journal");
  private final Map<String, byte[]> files = new TreeMap<>();
  private final List<byte[]> appended = new ArrayList<>();
  private final int key;

  JournalTarget() {
    LOGGER.setLevel(Level.OFF);
    try (Journal journal = start(false)) {
      for (int i = 0; files.size() < 2 && i < 60; i++) {
        byte[] entry = new byte[i % 7 == 3 ? 900 : i * 5 % 90];
        Arrays.fill(entry, (byte) i);
        appended.add(entry);
        journal.append(List.of(entry(entry)), i % 2 == 0);
        journal.sync(journal.last());
      }
    }
    remember();
    byte[] first = files.values().iterator().next();
    ByteBuffer frame = ByteBuffer.wrap(first).order(ByteOrder.LITTLE_ENDIAN);
    int length = frame.getInt(SEGMENT_HEADER);
    key = frame.getInt(SEGMENT_HEADER + 4) ^ crc(first, SEGMENT_HEADER + 8, length - 8);
  }

  private void remember() {
    try (Stream<Path> all = Files.list(folder)) {
      for (Path file : all.filter(Files::isRegularFile).toList()) {
        byte[] bytes = Files.readAllBytes(file);
        if (bytes.length > 0) {
          files.put(file.getFileName().toString(), bytes);
        }
      }
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  private Journal start(boolean acceptLoss) {
    try (JournalRecovery recovery = JournalRecovery.open(folder, LIMITS, Optional.empty())) {
      return recovery.start(0, acceptLoss, JournalBoundary.Observer.NONE);
    }
  }

  private static JournalEntry entry(byte[] bytes) {
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

  @Override
  public void take(byte[] bytes) throws IOException {
    Scratch.empty(folder);
    boolean forged = write(new Input(bytes));
    try (Journal journal = start(false)) {
      List<byte[]> read = read(journal);
      if (!forged) {
        wasAppended(journal, read);
      }
      return;
    } catch (JournalRefusedException refused) {
      Finding.unless(!refused.problem().message().isEmpty(), "refused without a reason");
    }
    long position;
    try (Journal journal = start(true)) {
      read(journal);
      position = journal.append(List.of(entry(new byte[] {1, 2, 3})), true);
      journal.sync(position);
    } catch (JournalRefusedException refused) {
      // Several journals, another version, or one that is whole in a way that is not this one's.
      Finding.unless(!refused.problem().message().isEmpty(), "refused without a reason");
      return;
    }
    try (Journal again = start(false)) {
      Finding.unless(again.last() == position, "the entry of an accepted loss is not there");
    }
  }

  /** Every entry from the first that the journal holds. */
  private static List<byte[]> read(Journal journal) {
    List<byte[]> entries = new ArrayList<>();
    JournalReader reader = journal.reader(journal.released() + 1);
    while (reader.next() <= journal.last()) {
      reader.read(
          1 << 14,
          (position, entry) -> {
            byte[] bytes = new byte[entry.remaining()];
            entry.get(bytes);
            entries.add(bytes);
          });
    }
    return entries;
  }

  private void wasAppended(Journal journal, List<byte[]> read) {
    Finding.unless(
        journal.last() == appended.size() && read.size() == appended.size()
            || files.size() < 2
            || read.isEmpty()
            || Arrays.equals(read.getLast(), appended.get(read.size() - 1)),
        "%d entries of %d",
        read.size(),
        appended.size());
    for (int i = 0; i < read.size(); i++) {
      Finding.unless(Arrays.equals(read.get(i), appended.get(i)), "another entry %d", i + 1);
    }
  }

  /** Writes the changed files; returns whether a checksum was forged. */
  private boolean write(Input input) throws IOException {
    Map<String, byte[]> changed = new TreeMap<>();
    files.forEach((name, bytes) -> changed.put(name, bytes.clone()));
    String[] names = files.keySet().toArray(String[]::new);
    boolean forged = false;
    for (int edits = 0; input.more() && edits < EDITS; edits++) {
      int form = input.u8();
      String name = names[form >> 4 & 3 % names.length];
      byte[] bytes = changed.getOrDefault(name, new byte[0]);
      int at = bytes.length == 0 ? 0 : input.u16() % bytes.length;
      switch (form & 15) {
        case 0 -> changed.remove(name);
        case 1 -> changed.put(name, Arrays.copyOf(bytes, at));
        case 2 -> changed.put(input.any(names), bytes.clone());
        case 3 -> Arrays.fill(bytes, at, Math.min(bytes.length, at + input.u8()), (byte) 0);
        case 4, 5 -> forged |= sealHeader(bytes);
        case 6, 7, 8 -> forged |= sealFrame(bytes, SEGMENT_HEADER + (at & -8));
        case 9 -> copy(bytes, at, input.u16(), input.u16());
        case 10 -> put(bytes, SEGMENT_HEADER + (at & -8) + (input.u8() & 28), (int) input.number());
        case 11 -> put(bytes, at % SEGMENT_HEADER & -4, (int) input.number());
        default -> put(bytes, at, (byte) input.u8());
      }
    }
    for (Map.Entry<String, byte[]> file : changed.entrySet()) {
      Files.write(folder.resolve(file.getKey()), file.getValue());
    }
    return forged;
  }

  private static void put(byte[] bytes, int at, byte value) {
    if (at < bytes.length) {
      bytes[at] = value;
    }
  }

  private static void put(byte[] bytes, int at, int value) {
    for (int i = 0; i < Integer.BYTES; i++) {
      put(bytes, at + i, (byte) (value >> 8 * i));
    }
  }

  private static void copy(byte[] bytes, int from, int to, int count) {
    int target = bytes.length == 0 ? 0 : to % bytes.length;
    int length = Math.min(count, bytes.length - Math.max(from, target));
    System.arraycopy(bytes, from, bytes, target, length);
  }

  private static boolean sealHeader(byte[] bytes) {
    if (bytes.length < SEGMENT_HEADER) {
      return false;
    }
    put(bytes, HEADER_CRC, crc(bytes, 0, HEADER_CRC));
    return true;
  }

  private boolean sealFrame(byte[] bytes, int at) {
    if (at + 32 > bytes.length) {
      return false;
    }
    int length = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getInt(at);
    if (length < 8 || length > bytes.length - at) {
      return false;
    }
    put(bytes, at + 4, crc(bytes, at + 8, length - 8) ^ key);
    return true;
  }

  private static int crc(byte[] bytes, int from, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, from, length);
    return (int) crc.getValue();
  }

  @Override
  public List<byte[]> seeds() {
    return List.of(
        new byte[0],
        new Output().u8(12).u16(300).u8(7).toBytes(),
        new Output().u8(10).u16(0).u8(8, 5, 6).u16(0).toBytes(),
        new Output().u8(11).u16(48).u8(9, 4).u16(0).toBytes(),
        new Output().u8(1).u16(4000).toBytes(),
        new Output().u8(3).u16(200).u8(200).toBytes());
  }
}
