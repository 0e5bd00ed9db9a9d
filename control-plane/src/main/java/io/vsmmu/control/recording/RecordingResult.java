package io.vsmmu.control.recording;

import io.vsmmu.db.log.RegisteredVsmmu;
import io.vsmmu.problem.Problem;
import io.vsmmu.recordings.qemu.ImportReport.Warning;
import io.vsmmu.smmu.model.VsmmuState;
import java.util.List;

/** What became of a recording. */
public sealed interface RecordingResult {

  /**
   * It is in the log.
   *
   * @param lines lines of a trace; 0 for a log of our own
   * @param unattributed lines that belong to one of several vSMMUs, and nothing tells to which
   * @param unattributedCommands commands among them
   */
  record Imported(
      List<ImportedLog> vsmmus,
      long lines,
      long unattributed,
      long unattributedCommands,
      List<Warning> warnings)
      implements RecordingResult {
    public Imported {
      vsmmus = List.copyOf(vsmmus);
      warnings = List.copyOf(warnings);
    }
  }

  /**
   * One vSMMU of it, as it is at its end.
   *
   * @param boots how often its guest began: one more than resets by the VMM
   */
  record ImportedLog(RegisteredVsmmu vsmmu, long events, VsmmuState end, int boots) {}

  /** The body is not a recording that can be stored; nothing was stored. */
  record Refused(Problem problem) implements RecordingResult {}
}
