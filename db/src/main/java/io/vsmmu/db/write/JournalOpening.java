package io.vsmmu.db.write;

import io.vsmmu.db.embedded.PrivateFolder;
import io.vsmmu.db.log.EventLogLimits;
import io.vsmmu.journal.Journal;
import io.vsmmu.journal.JournalBoundary;
import io.vsmmu.journal.JournalFailedException;
import io.vsmmu.journal.JournalRecovery;
import io.vsmmu.journal.JournalRefusedException;
import io.vsmmu.problem.Problem;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.axonframework.eventsourcing.eventstore.EventStoreException;

/**
 * A database and its journal, opened together: the database's lock is held, each knows the other,
 * and the journal goes on behind what the database holds.
 *
 * <table>
 * <caption>Which pairs are opened</caption>
 * <tr><th>the database</th><th>the directory</th><th></th></tr>
 * <tr><td>knows no journal</td><td>is empty, or its journal has no entry</td>
 *     <td>are bound to each other</td></tr>
 * <tr><td>knows no journal</td><td>has entries</td>
 *     <td>refused: they belong to another database</td></tr>
 * <tr><td>knows a journal, complete</td><td>is empty</td><td>a new journal is bound</td></tr>
 * <tr><td>knows a journal, not complete</td><td>is empty</td>
 *     <td>refused unless the loss is accepted: acknowledged events may be missing</td></tr>
 * <tr><td>knows a journal, complete</td><td>has an older one of this database</td>
 *     <td>is bound to it again</td></tr>
 * <tr><td>knows a journal</td><td>has another one with entries</td><td>refused</td></tr>
 * <tr><td>knows a journal</td><td>has another one without entries</td>
 *     <td>as an empty directory</td></tr>
 * <tr><td>knows this journal</td><td>ends before the database, which is not complete</td>
 *     <td>refused unless the loss is accepted: the directory is older than the database</td></tr>
 * <tr><td>knows this journal</td><td>has another event at the database's last position</td>
 *     <td>refused: one of them is a copy that went its own way</td></tr>
 * <tr><td>knows this journal</td><td>goes on behind it</td>
 *     <td>opened; the tail is written to the database</td></tr>
 * </table>
 *
 * @param session holds the lock of the database
 * @param journal goes on behind {@code session}'s head
 * @param settings with which the journal was opened
 */
record JournalOpening(WriterSession session, Journal journal, JournalSettings settings) {

  private static final Logger LOGGER = System.getLogger(JournalOpening.class.getName());

  private static final String ACCEPT = "accept the loss (--accept-journal-loss)";

  /**
   * Opens both.
   *
   * @throws LogLockedException if another process writes the database
   * @throws JournalRefusedException if they do not fit; neither was changed
   */
  static JournalOpening open(
      DataSource dataSource, JournalSettings settings, EventLogLimits limits) {
    makePrivate(settings);
    try {
      WriterSession session = new WriterSession(dataSource, limits);
      try {
        Optional<JournalBinding> bound = session.journal();
        try (JournalRecovery recovery =
            JournalRecovery.open(
                settings.directory(), settings.limits(), bound.map(JournalBinding::identity))) {
          return open(bound, session, recovery, settings);
        }
      } catch (SQLException | RuntimeException e) {
        session.close();
        throw e;
      }
    } catch (SQLException e) {
      throw new EventStoreException("The event log cannot be opened: " + e.getMessage(), e);
    }
  }

  /** No other user may delete acknowledged events or replace them. */
  private static void makePrivate(JournalSettings settings) {
    try {
      PrivateFolder.make(settings.directory());
    } catch (IOException e) {
      throw new JournalRefusedException(
          new Problem(
              "the journal's directory",
              "%s (%s)".formatted(settings.directory(), e),
              "a directory of this user alone that can be written",
              "mend its owner, its rights or its file system, or give another one"
                  + " (--journal-dir)"));
    }
  }

  private static JournalOpening open(
      Optional<JournalBinding> bound,
      WriterSession session,
      JournalRecovery recovery,
      JournalSettings settings)
      throws SQLException {
    checkIdentity(bound, session, recovery, settings);
    checkEnd(bound, session, recovery, settings);
    Journal journal = recovery.start(session.head(), settings.acceptLoss(), settings.observer());
    try {
      settings.reached(JournalBoundary.BINDING);
      session.bind(new JournalBinding(journal.identity(), false));
      settings.reached(JournalBoundary.BOUND);
    } catch (SQLException | RuntimeException e) {
      closeAfter(e, journal);
      throw e;
    }
    return new JournalOpening(session, journal, settings);
  }

  /** Closes both, because the log cannot be opened after all. */
  void closeAfter(Throwable cause) {
    session.close();
    closeAfter(cause, journal);
  }

  private static void closeAfter(Throwable cause, Journal journal) {
    try {
      journal.close();
    } catch (JournalFailedException failed) {
      cause.addSuppressed(failed);
    }
  }

  private static void checkIdentity(
      Optional<JournalBinding> bound,
      WriterSession session,
      JournalRecovery recovery,
      JournalSettings settings)
      throws SQLException {
    Optional<UUID> found = recovery.identity();
    if (bound.isEmpty() && recovery.last().isPresent()) {
      throw new JournalRefusedException(
          new Problem(
              "the journal in %s".formatted(settings.directory()),
              "one with events up to position %d of another database"
                  .formatted(recovery.last().getAsLong()),
              "an empty directory, or the journal of this database",
              "start the service with the database that belongs to it, or give another directory"
                  + " (--journal-dir)"));
    }
    boolean another =
        bound.isPresent() && found.isPresent() && !found.get().equals(bound.get().identity());
    if (another && recovery.last().isPresent() && !isOlderOne(bound.get(), session, recovery)) {
      throw new JournalRefusedException(
          new Problem(
              "the journal in %s".formatted(settings.directory()),
              found.get().toString(),
              "%s, through which this database is written".formatted(bound.get().identity()),
              "give the directory of that journal (--journal-dir)"));
    }
    boolean without = found.isEmpty() || (another && recovery.last().isEmpty());
    if (bound.isPresent() && without && !bound.get().complete()) {
      lost(
          new Problem(
              "the journal of this database",
              "not in %s%s".formatted(settings.directory(), unlessDamaged(recovery)),
              "journal %s, which may hold acknowledged events that the database lacks"
                  .formatted(bound.get().identity()),
              "give its directory (--journal-dir), or " + ACCEPT),
          settings);
    }
  }

  private static String unlessDamaged(JournalRecovery recovery) {
    return recovery.unreadable().isEmpty()
        ? ""
        : recovery.unreadable().stream()
            .map(Path::toString)
            .collect(
                Collectors.joining(
                    " and ", ", unless it is in ", ", which is damaged from its beginning"));
  }

  /**
   * Whether a journal was this database's before another one, which is complete: all of its events
   * are in the database.
   */
  private static boolean isOlderOne(
      JournalBinding bound, WriterSession session, JournalRecovery recovery) throws SQLException {
    return bound.complete()
        && session.knows(recovery.identity().orElseThrow())
        && recovery.last().orElse(0) <= session.head();
  }

  private static void checkEnd(
      Optional<JournalBinding> bound,
      WriterSession session,
      JournalRecovery recovery,
      JournalSettings settings)
      throws SQLException {
    OptionalLong last = recovery.last();
    if (bound.isEmpty() || last.isEmpty()) {
      return;
    }
    long common = Math.min(last.getAsLong(), session.head());
    Optional<byte[]> here = recovery.entry(common).map(JournalRow::hashIn);
    Optional<byte[]> there = session.hashAt(common);
    if (here.isPresent() && there.isPresent() && !Arrays.equals(here.get(), there.get())) {
      throw new JournalRefusedException(
          new Problem(
              "the event at position %d".formatted(common),
              "another one in the database than in its journal in %s"
                  .formatted(settings.directory()),
              "the same in both",
              "restore the database and the journal of the same moment; one of them is a copy that"
                  + " another service has written since"));
    }
    if (last.getAsLong() < session.head() && !bound.get().complete()) {
      lost(
          new Problem(
              "the journal in %s".formatted(settings.directory()),
              "one that ends at position %d".formatted(last.getAsLong()),
              "one that ends at position %d or later, which the database holds"
                  .formatted(session.head()),
              "restore the newest state of the directory, or " + ACCEPT),
          settings);
    }
  }

  private static void lost(Problem problem, JournalSettings settings) {
    if (!settings.acceptLoss()) {
      throw new JournalRefusedException(problem);
    }
    LOGGER.log(Level.WARNING, "accepted loss: {0}", problem.message());
  }
}
