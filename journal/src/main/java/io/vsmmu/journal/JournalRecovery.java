package io.vsmmu.journal;

import io.vsmmu.problem.Problem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * What a journal's directory holds when a process opens it, and whether a journal may continue
 * there. Holds the directory's lock until it is closed or a journal has started. Opening changes
 * nothing in the directory. Not thread-safe.
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

  /** Segment files that hold something, but neither a header nor a frame that can be read. */
  private final List<Path> unreadable = new ArrayList<>();

  /** Files whose making was interrupted. */
  private final List<Path> unfinished = new ArrayList<>();

  private boolean started;

  private JournalRecovery(Path directory, JournalLimits limits, DirectoryLock lock) {
    this.directory = directory;
    this.limits = limits;
    this.lock = lock;
  }

  /**
   * Locks the directory and reads everything in it.
   *
   * @param directory exists; no other user can write it
   * @param expected the journal that should be in it, if it is known: it is recognised by its
   *     frames even if the identity in the header of its only segment is damaged
   * @throws JournalRefusedException if another journal has the directory open, it cannot be read or
   *     written, or its segments are of several journals or of another version
   */
  public static JournalRecovery open(
      Path directory, JournalLimits limits, Optional<UUID> expected) {
    DirectoryLock lock = DirectoryLock.of(directory);
    JournalRecovery recovery = new JournalRecovery(directory, limits, lock);
    try {
      recovery.scan(expected);
      return recovery;
    } catch (IOException | UncheckedIOException | InternalError e) {
      // The JVM gives an InternalError for a page of a mapped file that cannot be read.
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

  /** Segment files that hold something, but neither a header nor a frame that can be read. */
  public List<Path> unreadable() {
    return List.copyOf(unreadable);
  }

  /** The last position that can be read; empty if there is none. */
  public OptionalLong last() {
    return scans.stream()
        .flatMap(scan -> scan.runs().stream())
        .mapToLong(SegmentScan.Run::last)
        .max();
  }

  /**
   * A copy of the entry at a position; empty if it cannot be read here.
   *
   * @throws JournalRefusedException if a page of its file cannot be read any more
   */
  public Optional<byte[]> entry(long position) {
    try {
      return scans.stream().flatMap(scan -> scan.entry(position).stream()).findFirst();
    } catch (InternalError fault) {
      throw unreadable(fault);
    }
  }

  /**
   * Starts the journal behind what it holds.
   *
   * @param shipped the last position that is kept elsewhere; what the directory holds up to there
   *     does not matter any more
   * @param acceptLoss whether a journal that is damaged behind {@code shipped} is cut before the
   *     damage, and one that begins too late begins anew; otherwise it is refused
   * @throws JournalRefusedException if entries behind {@code shipped} are damaged or missing, and
   *     the loss is not accepted, or if several files are the same segment; nothing was changed
   * @throws JournalFullException if there is no space for the first segments
   */
  public Journal start(long shipped, boolean acceptLoss, JournalBoundary.Observer observer) {
    JournalEnd end = end(shipped);
    Optional<Problem> problem = end.problem();
    if (problem.isPresent()) {
      if (!acceptLoss) {
        throw new JournalRefusedException(problem.get());
      }
      LOGGER.log(Level.WARNING, "accepted loss: {0}", problem.get().message());
    }
    for (Path path : unreadable) {
      LOGGER.log(
          Level.WARNING,
          "The segment file {0} is damaged from its beginning and is left alone; nothing that the"
              + " journal needs is in it",
          path);
    }
    try {
      Journal journal = begin(end, shipped, observer);
      started = true;
      return journal;
    } catch (IOException | InternalError e) {
      throw unreadable(e);
    }
  }

  private JournalEnd end(long shipped) {
    List<SegmentScan> relevant = relevant(shipped);
    checkDistinct(relevant);
    try {
      return JournalEnd.of(relevant, unreadable, shipped, boot);
    } catch (InternalError fault) {
      throw unreadable(fault);
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

  private static void checkDistinct(List<SegmentScan> scans) {
    for (int i = 1; i < scans.size(); i++) {
      int number = scans.get(i).header().number();
      if (number == scans.get(i - 1).header().number()) {
        throw new JournalRefusedException(
            new Problem(
                "segment %d of the journal".formatted(number),
                "in %s and in %s"
                    .formatted(scans.get(i - 1).file().path(), scans.get(i).file().path()),
                "in one file",
                "move the copy out of the directory, or give another directory (--journal-dir"
                    + " DIR)"));
      }
    }
  }

  private Journal begin(JournalEnd end, long shipped, JournalBoundary.Observer observer)
      throws IOException {
    for (Path path : unfinished) {
      Files.deleteIfExists(path);
    }
    cut(end, observer);
    UUID identity = identity().orElseGet(UUID::randomUUID);
    List<Segment> used = new ArrayList<>();
    long bytes = 0;
    for (SegmentScan scan : end.kept()) {
      boolean last = scan.equals(end.kept().getLast());
      SegmentHeader header = scan.header().renewed(boot, end.last());
      scan.file().writeHeader(header);
      observer.reached(JournalBoundary.RECOVERING);
      JournalEnd.Begin begin =
          used.isEmpty()
              ? end.begin()
              : new JournalEnd.Begin(SegmentHeader.BYTES, header.firstPosition());
      Segment segment =
          new Segment(scan.file(), header, begin, bytes, last ? end.offset() : scan.end());
      used.add(segment);
      bytes = segment.bytesThrough();
    }
    SegmentPool pool = pool(used, observer);
    if (used.isEmpty()) {
      used.add(first(pool, identity, highestNumber() + 1, shipped));
    }
    return new Journal(
        directory, limits, identity, boot, pool, used, end.last(), shipped, lock, observer);
  }

  /**
   * Erases what is behind the end, and syncs everything before it. The headers are written after
   * that, because they say that nothing is missing in this boot: this may be interrupted.
   */
  private static void cut(JournalEnd end, JournalBoundary.Observer observer) throws IOException {
    for (SegmentScan dropped : end.dropped()) {
      dropped.file().erase();
      observer.reached(JournalBoundary.RECOVERING);
    }
    for (SegmentScan scan : end.kept()) {
      if (scan.equals(end.kept().getLast()) && scan.hasRemains(end.offset())) {
        scan.file().eraseFrom(end.offset());
        observer.reached(JournalBoundary.RECOVERING);
      }
      scan.file().sync();
    }
  }

  private SegmentPool pool(List<Segment> used, JournalBoundary.Observer observer) {
    Set<SegmentFile> taken = new HashSet<>();
    used.forEach(segment -> taken.add(segment.file));
    List<Integer> names =
        Stream.concat(files.stream().map(SegmentFile::path), unreadable.stream())
            .map(SegmentNames::number)
            .toList();
    SegmentPool pool = new SegmentPool(directory, limits, used.size(), names, observer);
    files.stream().filter(file -> !taken.contains(file)).forEach(pool::add);
    return pool;
  }

  private Segment first(SegmentPool pool, UUID identity, int number, long shipped)
      throws IOException {
    SegmentFile file = pool.take();
    SegmentHeader header = new SegmentHeader(number, identity, boot, shipped + 1, shipped);
    file.begin(header);
    return new Segment(file, header, 0, SegmentHeader.BYTES);
  }

  private int highestNumber() {
    return scans.stream().mapToInt(scan -> scan.header().number()).max().orElse(0);
  }

  private void scan(Optional<UUID> expected) throws IOException {
    List<Path> paths;
    try (Stream<Path> found = Files.list(directory)) {
      paths = found.sorted().toList();
    }
    List<SegmentFile> withoutHeader = new ArrayList<>();
    for (Path path : paths) {
      if (SegmentNames.isUnfinished(path)) {
        unfinished.add(path);
      } else if (SegmentNames.matches(path)) {
        open(path).ifPresent(withoutHeader::add);
      }
    }
    Set<UUID> journals = new LinkedHashSet<>();
    scans.forEach(scan -> journals.add(scan.header().journal()));
    checkOneJournal(journals);
    if (journals.isEmpty()) {
      expected.ifPresent(journals::add);
    }
    for (SegmentFile file : withoutHeader) {
      scanWithoutHeader(file, journals);
    }
    scans.sort(Comparator.comparingInt(scan -> scan.header().number()));
  }

  /** Opens and scans a segment file; returns it if it has no header. */
  private Optional<SegmentFile> open(Path path) throws IOException {
    if (!Files.isRegularFile(path) || Files.size(path) > JournalLimits.MOST_SEGMENT_BYTES) {
      throw new JournalRefusedException(
          new Problem(
              "the segment file %s".formatted(path),
              Files.isRegularFile(path) ? "%d bytes long".formatted(Files.size(path)) : "no file",
              "a file of at most %d bytes".formatted(JournalLimits.MOST_SEGMENT_BYTES),
              "move away what the journal did not write, or give another directory (--journal-dir"
                  + " DIR)"));
    }
    if (Files.size(path) < SegmentHeader.BYTES) {
      unreadable.add(path);
      return Optional.empty();
    }
    SegmentFile file = SegmentFile.open(path);
    files.add(file);
    checkVersion(file);
    Optional<SegmentHeader> header = file.header();
    if (header.isEmpty()) {
      return Optional.of(file);
    }
    scans.add(SegmentScan.of(file, header.get()));
    return Optional.empty();
  }

  private void scanWithoutHeader(SegmentFile file, Set<UUID> journals) {
    if (file.isErased()) {
      return;
    }
    Set<UUID> possible = new LinkedHashSet<>(journals);
    possible.add(SegmentHeader.identityIn(file.view(0, SegmentHeader.BYTES)));
    Optional<SegmentScan> scan = SegmentScan.withoutHeader(file, possible);
    if (scan.isPresent()) {
      scans.add(scan.get());
    } else {
      unreadable.add(file.path());
      files.remove(file);
      file.close();
    }
  }

  private void checkOneJournal(Set<UUID> journals) {
    if (journals.size() > 1) {
      List<String> each =
          scans.stream()
              .map(scan -> "%s of %s".formatted(scan.file().path(), scan.header().journal()))
              .toList();
      throw new JournalRefusedException(
          new Problem(
              "the journal's directory",
              "%s, which holds segments of several journals (%s)"
                  .formatted(directory, String.join(", ", each)),
              "the segments of one journal",
              "move those that were copied here out of it, or give another directory (--journal-dir"
                  + " DIR)"));
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
              "start the release that wrote it and end it with SIGTERM, or give another directory"
                  + " (--journal-dir DIR)"));
    }
  }

  private JournalRefusedException unreadable(Throwable e) {
    return new JournalRefusedException(
        new Problem(
            "the journal's directory",
            "%s (%s)".formatted(directory, e),
            "segment files that this process can read and write",
            "mend their rights or the file system, or give another directory (--journal-dir DIR)"),
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
