package io.vsmmu.db.write;

import io.vsmmu.boundary.Boundaries;
import io.vsmmu.journal.JournalBoundary;
import io.vsmmu.journal.JournalLimits;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.function.UnaryOperator;

/**
 * Where the journal of a log is, and how it is opened.
 *
 * @param directory of its segment files; made if it does not exist
 * @param acceptLoss whether to go on although acknowledged events are missing or damaged; otherwise
 *     the log is not opened then
 * @param observer is called at the steps between which a process may die; in a service {@link
 *     Boundaries#reached}
 */
public record JournalSettings(
    Path directory, JournalLimits limits, boolean acceptLoss, JournalBoundary.Observer observer) {

  /**
   * Changes the settings of a service's journal. Only tests have one, which they add to the class
   * path of the service that they start.
   */
  @FunctionalInterface
  public interface Adjustment extends UnaryOperator<JournalSettings> {}

  /** A journal of the service's size that accepts no loss. */
  public static JournalSettings in(Path directory) {
    return new JournalSettings(directory, false);
  }

  /** A journal of the service's size. */
  public JournalSettings(Path directory, boolean acceptLoss) {
    this(directory, JournalLimits.DEFAULTS, acceptLoss, Boundaries::reached);
  }

  /** Tells the observer that a step was reached. */
  void reached(JournalBoundary boundary) {
    try {
      observer.reached(boundary);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
