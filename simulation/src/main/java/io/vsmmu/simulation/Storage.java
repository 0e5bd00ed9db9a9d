package io.vsmmu.simulation;

import io.vsmmu.gateway.DecisionLog;
import io.vsmmu.smmu.event.VsmmuEvent;
import io.vsmmu.smmu.model.VsmmuState;
import java.util.List;
import java.util.UUID;

/**
 * The log of one vSMMU on storage that outlives the simulated process. For one thread, except
 * {@link #log}.
 */
interface Storage extends AutoCloseable {

  /** Where the log is kept. */
  enum Kind {
    /** In a journal alone, which is fast. */
    JOURNAL,
    /** In a journal and PostgreSQL, as the service keeps it. */
    DATABASE
  }

  /** The vSMMU's identity. */
  UUID aggregate();

  /** Starts a process: opens what the one before it left. */
  void start();

  /** The log of the present process. */
  DecisionLog log();

  /** The state that the log gives. */
  VsmmuState state();

  /**
   * All events.
   *
   * @throws AssertionError if the hash chain is broken or a sequence has a hole
   */
  List<VsmmuEvent> events();

  /** Ends the process in good order. */
  void end();

  /** The process is gone, or the machine loses power, now. */
  void die(Trap.End how);

  /** The number of events that the storage promised to have after the last end of a process. */
  long promised();

  /** Keeps what this end of the process leaves. */
  void keep(Trap.End how);

  /** Whether the database answers; without effect where there is none. */
  void databaseAnswers(boolean answers);

  @Override
  void close();
}
