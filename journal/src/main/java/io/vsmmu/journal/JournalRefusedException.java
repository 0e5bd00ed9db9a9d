package io.vsmmu.journal;

import io.vsmmu.problem.Problem;
import org.jspecify.annotations.Nullable;

/** A directory cannot be used as it is; nothing in it was changed. The problem has the remedy. */
public final class JournalRefusedException extends JournalException {

  private static final long serialVersionUID = 1L;

  private final transient Problem problem;

  public JournalRefusedException(Problem problem) {
    this(problem, null);
  }

  JournalRefusedException(Problem problem, @Nullable Throwable cause) {
    super(problem.message(), cause);
    this.problem = problem;
  }

  public Problem problem() {
    return problem;
  }
}
