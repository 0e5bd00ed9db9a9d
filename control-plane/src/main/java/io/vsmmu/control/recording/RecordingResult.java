package io.vsmmu.control.recording;

import io.vsmmu.db.log.RegisteredVsmmu;
import io.vsmmu.problem.Problem;
import io.vsmmu.recordings.qemu.ImportReport.Warning;
import io.vsmmu.smmu.model.VsmmuState;
import java.util.List;

public sealed interface RecordingResult {

  /**
   * The recording is in the log.
   *
   * @param lines lines of a trace; 0 for an exported log
   * @param unattributed lines that belong to one of several vSMMUs without showing to which
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
   * One vSMMU of the recording.
   *
   * @param events the number of events of its log
   * @param end its state after the last event
   */
  record ImportedLog(RegisteredVsmmu vsmmu, long events, VsmmuState end) {}

  /** The file is no recording, or a name is not allowed; nothing was stored. */
  record Refused(Problem problem) implements RecordingResult {}
}
