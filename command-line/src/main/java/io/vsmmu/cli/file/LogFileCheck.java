package io.vsmmu.cli.file;

import io.vsmmu.db.log.HashChain;
import io.vsmmu.db.log.NewEvent;
import io.vsmmu.recordings.log.LogEnd;
import io.vsmmu.recordings.log.LogFileException;
import io.vsmmu.recordings.log.LogFileReader;
import io.vsmmu.recordings.log.LogItem;
import io.vsmmu.recordings.log.LogRecord;
import io.vsmmu.recordings.log.PartOfLog;
import io.vsmmu.smmu.model.Vsmmu;
import io.vsmmu.smmu.model.VsmmuState;
import io.vsmmu.smmu.wire.EventCodec;
import io.vsmmu.smmu.wire.MalformedEventException;
import io.vsmmu.smmu.wire.SnapshotCodec;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Verifies an exported log, or a part of one, from the file alone: its checksums, the hash chain,
 * and that every event can be decoded and applied to the state before it.
 */
public final class LogFileCheck {

  private static final byte[] MAGIC = {'V', 'S', 'M', 'M', 'U', 'L', 'O', 'G'};

  private LogFileCheck() {}

  /**
   * The result.
   *
   * @param vsmmu name of the vSMMU in the file; null if the header is damaged
   * @param part what the file is a part of; empty for a log from its first event on
   * @param events number of events that are as they were written
   * @param lastSequence sequence of the last of them; -1 if there is none
   * @param state the state after the last of them; empty if another version of the program encoded
   *     the state before a part
   * @param broken why the others are not, or cannot be read; null if the file is intact
   * @param origin zero point of its times, microseconds since 1970-01-01T00:00Z
   * @param hashes of the events that were asked for and are among them, by their sequences
   */
  public record Result(
      @Nullable String vsmmu,
      Optional<PartOfLog> part,
      long events,
      long lastSequence,
      Optional<VsmmuState> state,
      @Nullable String broken,
      long origin,
      Map<Long, byte[]> hashes) {

    /** Whether the whole file is as it was written. */
    public boolean intact() {
      return broken == null;
    }
  }

  /** Whether a path is a file that begins as an exported log does. */
  public static boolean isLogFile(Path path) {
    if (!Files.isRegularFile(path)) {
      return false;
    }
    try (InputStream in = Files.newInputStream(path)) {
      return Arrays.equals(in.readNBytes(MAGIC.length), MAGIC);
    } catch (IOException unreadable) {
      return false;
    }
  }

  /**
   * Reads and verifies a file, with one block of it in memory at a time.
   *
   * @throws IOException if it cannot be read
   */
  public static Result of(Path file) throws IOException {
    return of(file, Set.of());
  }

  /**
   * As {@link #of(Path)}, with the hashes of some events.
   *
   * @param wanted their sequences
   */
  public static Result of(Path file, Set<Long> wanted) throws IOException {
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
      LogFileReader reader = new LogFileReader(in);
      return new Pass(reader, wanted).run();
    } catch (LogFileException damaged) {
      return new Result(
          null,
          Optional.empty(),
          0,
          -1,
          Optional.empty(),
          damaged.failure().message(),
          0,
          Map.of());
    }
  }

  /** One pass over the records. */
  private static final class Pass {

    private final LogFileReader reader;
    private final HashChain chain = new HashChain();
    private byte[] previous;
    private Optional<VsmmuState> state;
    private long events;
    private long lastSequence = -1;
    private final Set<Long> wanted;
    private final Map<Long, byte[]> hashes = new HashMap<>();

    Pass(LogFileReader reader, Set<Long> wanted) {
      this.reader = reader;
      this.wanted = wanted;
      this.previous = reader.part().map(PartOfLog::previousHash).orElseGet(HashChain::genesis);
      this.state = reader.part().isEmpty() ? Optional.of(VsmmuState.ABSENT) : Optional.empty();
    }

    Result run() throws IOException {
      return result(broken());
    }

    private @Nullable String broken() throws IOException {
      try {
        Optional<PartOfLog> part = reader.part();
        if (part.isPresent()) {
          String wrong = begin(part.get());
          if (wrong != null) {
            return wrong;
          }
        }
        LogItem item = reader.next();
        while (!(item instanceof LogEnd)) {
          // Notes are in no hash chain; the reader verifies them by the file's digest.
          String wrong = item instanceof LogRecord record ? step(record) : null;
          if (wrong != null) {
            return wrong;
          }
          item = reader.next();
        }
        return null;
      } catch (LogFileException damaged) {
        return damaged.failure().message();
      }
    }

    private @Nullable String begin(PartOfLog part) {
      if (part.stateType() != SnapshotCodec.TYPE) {
        return null;
      }
      try {
        state = SnapshotCodec.decode(part.state());
      } catch (MalformedEventException damaged) {
        return "the state before the part cannot be decoded: " + damaged.getMessage();
      }
      return state.isPresent() && state.get().events() != part.firstSequence()
          ? "the state before the part is not that before event " + part.firstSequence()
          : null;
    }

    private @Nullable String step(LogRecord record) {
      if (events == 0 && reader.part().isEmpty() && record.sequence() != 0) {
        return "the log begins with event " + record.sequence();
      }
      if (!Arrays.equals(chain.next(previous, 0, event(record)), record.hash())) {
        return "event %d is not the one that was written: its hash differs"
            .formatted(record.sequence());
      }
      try {
        var decoded = EventCodec.decode(record.type(), record.payload());
        state = state.map(before -> Vsmmu.evolve(before, decoded));
      } catch (MalformedEventException damaged) {
        return "event %d cannot be decoded: %s".formatted(record.sequence(), damaged.getMessage());
      }
      previous = record.hash();
      lastSequence = record.sequence();
      if (wanted.contains(lastSequence)) {
        hashes.put(lastSequence, record.hash());
      }
      events++;
      return null;
    }

    /** The hash covers the time after the origin, which is that of the record. */
    private static NewEvent event(LogRecord record) {
      return new NewEvent(
          record.sequence(),
          record.offsetMicros(),
          record.type(),
          record.cause() == LogRecord.NO_CAUSE ? null : (Long) record.cause(),
          record.subject().isEmpty() ? null : record.subject(),
          record.payload());
    }

    private Result result(@Nullable String broken) {
      return new Result(
          reader.header().name(),
          reader.part(),
          events,
          lastSequence,
          state,
          broken,
          reader.header().originMicros(),
          hashes);
    }
  }
}
