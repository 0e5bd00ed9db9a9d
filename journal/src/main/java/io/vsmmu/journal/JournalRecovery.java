package io.vsmmu.journal;

import io.vsmmu.problem.Problem;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * What a journal's directory holds when a process opens it, and whether a journal may continue
 * there. Holds the directory's lock until it is closed or a journal has started. Opening changes
 * nothing in the directory, except that it is made if it does not exist. Not thread-safe.
 *
 * <p>A process that was killed leaves every entry that was appended, and perhaps a frame whose
 * first word was never written; that is the ordinary end. A machine that lost its power may leave
 * frames that were never synced in any combination: the journal is cut at the first one that is
 * missing. Everything else is damage, and a journal with damage does not start unless the caller
 * accepts the loss, or what is damaged is in the database already.
 */
public final class JournalRecovery implements AutoCloseable {

  private static final Logger LOGGER = System.getLogger(JournalRecovery.class.getName());

  private final Path directory;
  private final JournalLimits limits;
  private final DirectoryLock lock;
  private final UUID boot = BootId.current();

  /** Every segment file, to be closed unless a journal takes it. */
  private final List<SegmentFile> files = new ArrayList<>();

  /** What the segments hold, in the order of their numbers. */
  private final List<SegmentScan> scans = new ArrayList<>();

  private boolean started;

  private JournalRecovery(Path directory, JournalLimits limits, DirectoryLock lock) {
    this.directory = directory;
    this.limits = limits;
    this.lock = lock;
  }

  /**
   * Locks the directory and reads everything in it.
   *
   * @throws JournalRefusedException if another journal has the directory open, it cannot be read or
   *     written, or its segments are of several journals or of another version
   */
  public static JournalRecovery open(Path directory, JournalLimits limits) {
    DirectoryLock lock = DirectoryLock.of(directory);
    JournalRecovery recovery = new JournalRecovery(directory, limits, lock);
    try {
      recovery.scan();
      return recovery;
    } catch (IOException e) {
      recovery.close();
      throw recovery.unreadable(e);
    } catch (RuntimeException e) {
      recovery.close();
      throw e;
    }
  }

  /** The journal's identity; empty if the directory holds no segment that was used. */
  public Optional<UUID> identity() {
    return scans.isEmpty() ? Optional.empty() : Optional.of(scans.getFirst().header().journal());
  }

  /** The last position that can be read; empty if there is none. */
  public OptionalLong last() {
    return scans.stream()
        .flatMap(scan -> scan.runs().stream())
        .mapToLong(SegmentScan.Run::last)
        .max();
  }

  /** A copy of the entry at a position; empty if it cannot be read here. */
  public Optional<byte[]> entry(long position) {
    return scans.stream().flatMap(scan -> scan.entry(position).stream()).findFirst();
  }

  /**
   * Starts the journal behind what it holds.
   *
   * @param shipped the last position that is kept elsewhere; what the directory holds up to there
   *     does not matter any more
   * @param acceptLoss whether a journal that is damaged behind {@code shipped} is cut before the
   *     damage, and one that begins too late begins anew; otherwise it is refused
   * @throws JournalRefusedException if entries behind {@code shipped} are damaged or missing, and
   *     the loss is not accepted; nothing was changed
   * @throws JournalFullException if there is no space for the first segments
   */
  public Journal start(long shipped, boolean acceptLoss, JournalBoundary.Observer observer) {
    JournalEnd end = JournalEnd.of(relevant(shipped), shipped, boot);
    Optional<Problem> problem = end.problem();
    if (problem.isPresent()) {
      if (!acceptLoss) {
        throw new JournalRefusedException(problem.get());
      }
      LOGGER.log(Level.WARNING, "accepted loss: {0}", problem.get().message());
    }
    try {
      Journal journal = begin(end, shipped, observer);
      started = true;
      return journal;
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  /** The segments that may hold a position after {@code shipped}. */
  private List<SegmentScan> relevant(long shipped) {
    List<SegmentScan> found = new ArrayList<>(scans);
    while (found.size() > 1 && found.get(1).header().firstPosition() <= shipped + 1) {
      found.removeFirst();
    }
    return found;
  }

  private Journal begin(JournalEnd end, long shipped, JournalBoundary.Observer observer)
      throws IOException {
    UUID identity = identity().orElseGet(UUID::randomUUID);
    List<Segment> used = new ArrayList<>();
    for (SegmentScan scan : end.kept()) {
      boolean last = scan.equals(end.kept().getLast());
      if (last && scan.hasRemains(end.offset())) {
        scan.file().eraseFrom(end.offset());
      }
      // Everything that was read is in the page cache of this boot now.
      SegmentHeader header = scan.header().inBoot(boot);
      scan.file().writeHeader(header);
      used.add(new Segment(scan.file(), header, last ? end.offset() : scan.runs().getLast().end()));
    }
    for (SegmentScan dropped : end.dropped()) {
      dropped.file().eraseFrom(0);
    }
    SegmentPool pool = pool(used);
    if (used.isEmpty()) {
      used.add(first(pool, identity, highestNumber() + 1, shipped));
    }
    return new Journal(
        directory, limits, identity, boot, pool, used, end.last(), shipped, lock, observer);
  }

  private SegmentPool pool(List<Segment> used) {
    Set<SegmentFile> taken = new HashSet<>();
    used.forEach(segment -> taken.add(segment.file));
    int nextName = files.stream().mapToInt(f -> SegmentNames.number(f.path())).max().orElse(0) + 1;
    SegmentPool pool = new SegmentPool(directory, limits, used.size(), nextName);
    files.stream().filter(file -> !taken.contains(file)).forEach(pool::add);
    return pool;
  }

  private Segment first(SegmentPool pool, UUID identity, int number, long shipped)
      throws IOException {
    SegmentFile file = pool.take();
    SegmentHeader header = new SegmentHeader(number, identity, boot, shipped + 1, shipped);
    file.begin(header);
    file.sync();
    return new Segment(file, header, SegmentHeader.BYTES);
  }

  private int highestNumber() {
    return scans.stream().mapToInt(scan -> scan.header().number()).max().orElse(0);
  }

  private void scan() throws IOException {
    List<Path> paths;
    try (Stream<Path> found = Files.list(directory)) {
      paths = found.filter(SegmentNames::matches).sorted().toList();
    }
    for (Path path : paths) {
      if (Files.size(path) < SegmentHeader.BYTES + FrameHeader.BYTES) {
        // Its making was interrupted: no entry was ever in it.
        Files.delete(path);
      } else {
        SegmentFile file = SegmentFile.open(path);
        files.add(file);
        checkVersion(file);
        SegmentScan.of(file).ifPresent(scans::add);
      }
    }
    scans.sort(Comparator.comparingInt(scan -> scan.header().number()));
    if (scans.stream().map(scan -> scan.header().journal()).distinct().count() > 1) {
      throw new JournalRefusedException(
          new Problem(
              "the journal's directory",
              "%s, which holds segments of several journals".formatted(directory),
              "the segments of one journal",
              "move away those that were copied here"));
    }
  }

  private void checkVersion(SegmentFile file) {
    ByteBuffer bytes = file.view(0, SegmentHeader.BYTES);
    Optional<Integer> version = SegmentHeader.foreignVersion(bytes);
    if (version.isPresent()) {
      throw new JournalRefusedException(
          new Problem(
              "the journal's format",
              "version %d in %s".formatted(version.get(), file.path()),
              "version %d".formatted(SegmentHeader.VERSION),
              "start the release that wrote it, and let it end in good order"));
    }
  }

  private JournalRefusedException unreadable(IOException e) {
    return new JournalRefusedException(
        new Problem(
            "the journal's directory",
            "%s (%s)".formatted(directory, e),
            "segment files that this process can read and write",
            "mend their rights or the file system"),
        e);
  }

  /** Closes the files and releases the lock, unless a journal has started. */
  @Override
  public void close() {
    if (started) {
      return;
    }
    files.forEach(SegmentFile::close);
    lock.close();
  }
}
