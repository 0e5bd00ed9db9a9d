package io.vsmmu.recordings.qemu;

import java.util.List;
import java.util.Map;

/**
 * What an import found. {@code attributed + unattributed + kept = lines}.
 *
 * @param lines lines read, the last one included when it has no newline
 * @param bytes bytes read
 * @param attributed lines that are known to belong to one vSMMU and were understood
 * @param unattributed lines that could belong to several vSMMUs, or contradict all that is known;
 *     their text is kept with the first vSMMU
 * @param unattributedCommands commands that are in no vSMMU's log although their opcode was traced
 * @param kept lines that are no known trace event; their text is kept with the first vSMMU
 * @param overlong lines of more than {@link TraceLimits#LINE_BYTES} bytes
 * @param lastLineCut whether the recording ends within a line
 * @param linesByKind lines by the trace event's name; {@code (other text)} for what is no trace
 *     event
 * @param warnings what an operator should know, in the order of the recording
 * @param vsmmus one summary a vSMMU, by index
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
    List<VsmmuSummary> vsmmus) {

  public ImportReport {
    linesByKind = Map.copyOf(linesByKind);
    warnings = List.copyOf(warnings);
    vsmmus = List.copyOf(vsmmus);
  }

  /**
   * Something that makes the import less than the recording.
   *
   * @param text what happened
   * @param count how often
   * @param firstLine 1-based line of the first time
   */
  public record Warning(String text, long count, long firstLine) {}

  /**
   * What was found of one vSMMU.
   *
   * @param commands commands consumed from its queue
   * @param commandsByName the same by the name that a command entry has; {@code NOT_TOLD} for
   *     commands whose opcode the trace does not tell, {@code UNNAMED} for Reserved opcodes
   * @param hostCalls calls of the recorded VMM to its host
   * @param resets resets by the VMM after the guest had used it, each of which begins a boot
   * @param translations translations in the recording; only changes are imported
   */
  public record VsmmuSummary(
      int vsmmu,
      long commands,
      Map<String, Long> commandsByName,
      long hostCalls,
      long translations,
      long resets,
      long stimuli) {
    public VsmmuSummary {
      commandsByName = Map.copyOf(commandsByName);
    }
  }
}
