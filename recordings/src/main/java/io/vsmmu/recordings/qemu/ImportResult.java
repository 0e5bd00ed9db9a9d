package io.vsmmu.recordings.qemu;

/** The outcome of an import that read its input to the end. */
public sealed interface ImportResult {

  record Imported(ImportReport report) implements ImportResult {}

  /**
   * The input contains no line of an SMMUv3 trace event; the sink received nothing.
   *
   * @param lines lines read
   * @param bytes bytes read
   * @param expected what a recording contains and how it is made, for the operator
   */
  record Refused(long lines, long bytes, String expected) implements ImportResult {}
}
