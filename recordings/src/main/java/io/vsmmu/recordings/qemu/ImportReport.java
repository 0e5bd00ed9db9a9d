package io.vsmmu.recordings.qemu;

import java.util.List;
import java.util.Map;

/**
 * The statistics of an import. {@code attributed + unattributed + kept = lines}.
 *
 * @param lines lines read, the last one included when it has no newline
 * @param bytes bytes read
 * @param attributed lines that became part of the log of the vSMMU that they belong to
 * @param unattributed lines that could belong to several vSMMUs, or that contradict everything
 *     known; their text is kept in the log of the first vSMMU
 * @param unattributedCommands commands that are in no vSMMU's log although their opcode was traced
 * @param kept lines that are no known trace event; their text is kept in the log of the first vSMMU
 * @param overlong lines of more than {@link TraceLimits#LINE_BYTES} bytes
 * @param lastLineCut whether the recording ends within a line
 * @param linesByKind lines by the trace event's name; {@code (other text)} for lines that are no
 *     trace event
 * @param warnings what the logs lack, in the order of the recording
 * @param vsmmus one summary for each vSMMU, by index
 */
public record ImportReport(
    long lines,
    long bytes,
    long attributed,
    long unattributed,
    long unattributedCommands,
    long kept,
    long overlong,
    boolean lastLineCut,
    Map<String, Long> linesByKind,
    List<Warning> warnings,
    List<VsmmuStatistics> vsmmus) {

  public ImportReport {
    linesByKind = Map.copyOf(linesByKind);
    warnings = List.copyOf(warnings);
    vsmmus = List.copyOf(vsmmus);
  }

  /**
   * A part of the recording that the logs do not contain, or contain only as text.
   *
   * @param text what the lines are
   * @param count how often it happened
   * @param firstLine 1-based line of the first occurrence
   */
  public record Warning(String text, long count, long firstLine) {}

  /**
   * The statistics of one vSMMU.
   *
   * @param commands commands consumed from its queue
   * @param commandsByName the same by command name; {@code NOT_TOLD} for commands whose opcode is
   *     not in the trace, {@code UNNAMED} for Reserved opcodes
   * @param hostCalls calls of the recorded VMM to its host's iommufd
   * @param resets resets by the VMM after the guest had used the vSMMU, each of which begins a boot
   * @param translations translations in the recording; only changes are imported
   */
  public record VsmmuStatistics(
      int vsmmu,
      long commands,
      Map<String, Long> commandsByName,
      long hostCalls,
      long translations,
      long resets,
      long stimuli) {
    public VsmmuStatistics {
      commandsByName = Map.copyOf(commandsByName);
    }
  }
}
