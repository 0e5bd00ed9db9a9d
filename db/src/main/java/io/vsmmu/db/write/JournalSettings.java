package io.vsmmu.db.write;

import io.vsmmu.journal.JournalBoundary;
import io.vsmmu.journal.JournalLimits;
import java.nio.file.Path;

/**
 * Where the journal of a log is, and how it is opened.
 *
 * @param directory of its segment files; made if it does not exist
 * @param acceptLoss whether to go on although acknowledged events are missing or damaged; otherwise
 *     the log is not opened then
 * @param observer is called at the steps between which a process may die; {@link
 *     JournalBoundary.Observer#NONE} in a service
 */
public record JournalSettings(
    Path directory, JournalLimits limits, boolean acceptLoss, JournalBoundary.Observer observer) {

  /** A journal of the service's size that accepts no loss. */
  public static JournalSettings in(Path directory) {
    return new JournalSettings(directory, false);
  }

  /** A journal of the service's size. */
  public JournalSettings(Path directory, boolean acceptLoss) {
    this(directory, JournalLimits.DEFAULTS, acceptLoss, JournalBoundary.Observer.NONE);
  }
}
