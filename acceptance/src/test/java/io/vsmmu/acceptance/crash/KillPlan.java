package io.vsmmu.acceptance.crash;

import java.util.List;

/**
 * Where processes are killed, in this order. Each process goes on with what the one before it left:
 * an import that was interrupted is discarded by the next start, which is killed while it does.
 */
public final class KillPlan {

  /** Occurrences of a boundary, of which one is chosen at random. */
  private static final int SOME = 5;

  /** In the statements of the event log's own scripts and those of the projections. */
  private static final int STATEMENTS = 30;

  /**
   * A kill.
   *
   * @param boundary the enum's simple name and the constant
   * @param most the greatest occurrence in the life of a process at which it is killed
   */
  public record Kill(String boundary, Work work, int most) {}

  /** In the parts of the service without HTTP. */
  public static final List<Kill> OF_PARTS =
      List.of(
          new Kill("MigrationBoundary.STATEMENT", Work.GUEST, STATEMENTS),
          new Kill("MigrationBoundary.SCRIPT_EXECUTED", Work.GUEST, 2),
          new Kill("JournalBoundary.BINDING", Work.GUEST, 1),
          new Kill("JournalBoundary.BOUND", Work.GUEST, 1),
          new Kill("JournalBoundary.APPENDING", Work.GUEST, SOME),
          new Kill("JournalBoundary.APPENDED", Work.GUEST, 60),
          new Kill("JournalBoundary.RECOVERING", Work.GUEST, 1),
          new Kill("JournalBoundary.SYNCING", Work.GUEST, 2),
          new Kill("JournalBoundary.SYNCED", Work.GUEST, 2),
          new Kill("JournalBoundary.SHIPPING", Work.GUEST, 2),
          new Kill("JournalBoundary.SHIPPED", Work.GUEST, 2),
          new Kill("JournalBoundary.RELEASED", Work.GUEST, 2),
          new Kill("SessionBoundary.LOGGED", Work.GUEST, 60),
          new Kill("HostBoundary.CALLING", Work.GUEST, 30),
          new Kill("HostBoundary.CALLED", Work.GUEST, 30),
          new Kill("SessionBoundary.APPLIED", Work.GUEST, 60),
          new Kill("SessionBoundary.SHOWN", Work.GUEST, 60),
          new Kill("SessionBoundary.OUTCOME_RECORDED", Work.GUEST, SOME),
          new Kill("RecoveryBoundary.HOST_REBUILT", Work.GUEST, 1),
          new Kill("ProjectionBoundary.WRITTEN", Work.GUEST, 2),
          new Kill("ProjectionBoundary.COMMITTED", Work.GUEST, 2),
          new Kill("ImportBoundary.RECEIVED", Work.IMPORTS, 1),
          new Kill("ImportBoundary.REGISTERED", Work.IMPORTS, 1),
          new Kill("RecoveryBoundary.DISCARDING_IMPORTS", Work.GUEST, 1),
          new Kill("RecoveryBoundary.IMPORTS_DISCARDED", Work.GUEST, 1),
          new Kill("ImportBoundary.STORED", Work.IMPORTS, 1),
          new Kill("ImportBoundary.COMPLETED", Work.IMPORTS, 2),
          new Kill("JournalBoundary.SEGMENT_BEGUN", Work.IMPORTS, 2),
          new Kill("JournalBoundary.RECYCLED", Work.IMPORTS, 2),
          new Kill("ProjectionBoundary.SNAPSHOT_STORED", Work.IMPORTS, 1),
          new Kill("JournalBoundary.SEGMENT_MAKING", Work.IMPORTS_INTO_JOURNAL, 2),
          new Kill("JournalBoundary.SEGMENT_MADE", Work.IMPORTS_INTO_JOURNAL, 2),
          new Kill("ExportBoundary.RECORD_WRITTEN", Work.EXPORTS, 60),
          new Kill("ExportBoundary.RECORDS_WRITTEN", Work.EXPORTS, 2),
          new Kill("ReplayBoundary.EVENT_REPLAYED", Work.REPLAYS, 60),
          new Kill("ReplayBoundary.REPLAYED", Work.REPLAYS, 2));

  /** In the whole service, by requests of a client. */
  public static final List<String> OF_REQUESTS =
      List.of(
          "RequestBoundary.AUDITED",
          "RequestBoundary.KEY_CLAIMED",
          "RequestBoundary.CARRIED_OUT",
          "RequestBoundary.ANSWER_STORED",
          "RequestBoundary.AUDIT_COMPLETED");

  private KillPlan() {}
}
