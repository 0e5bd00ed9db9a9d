package io.vsmmu.fuzz;

import io.vsmmu.cli.file.LogFileCheck;
import io.vsmmu.recordings.log.LogFileException;
import io.vsmmu.recordings.log.LogFileReader;
import io.vsmmu.recordings.log.LogItem;
import io.vsmmu.recordings.log.LogNote;
import io.vsmmu.recordings.log.LogRecord;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Exported logs, as bytes of any kind. Reading one gives records, notes and an end, or {@link
 * LogFileException}, which every later call repeats; {@code verify} says the same of the file.
 */
class LogFileTarget implements FuzzTarget {

  private final Path file = Scratch.file("log-file");

  @Override
  public void take(byte[] bytes) throws IOException {
    read(bytes);
  }

  /** Reads and verifies a file. */
  final void read(byte[] bytes) throws IOException {
    boolean whole = isWhole(bytes);
    Files.write(file, bytes);
    LogFileCheck.Result result = LogFileCheck.of(file);
    Finding.unless(whole || !result.intact(), "a file that cannot be read is called intact");
    Finding.unless(
        result.intact() || !String.valueOf(result.broken()).isEmpty(), "damage without a reason");
  }

  private static boolean isWhole(byte[] bytes) throws IOException {
    LogFileReader reader;
    try {
      reader = new LogFileReader(new ByteArrayInputStream(bytes));
    } catch (LogFileException refused) {
      return false;
    }
    try {
      LogItem item = reader.next();
      while (item instanceof LogRecord || item instanceof LogNote) {
        item = reader.next();
      }
      return true;
    } catch (LogFileException damaged) {
      try {
        reader.next();
        throw new IllegalStateException("a damaged file goes on");
      } catch (LogFileException again) {
        Finding.unless(
            damaged.failure().message().equals(again.failure().message()), "another damage");
        return false;
      }
    }
  }

  @Override
  public List<byte[]> seeds() {
    List<byte[]> seeds = new ArrayList<>();
    seeds.add(new ForgedLogFile(new Input(new byte[0])).bytes());
    new ForgedLogTarget()
        .seeds()
        .forEach(seed -> seeds.add(new ForgedLogFile(new Input(seed)).bytes()));
    return seeds;
  }
}
