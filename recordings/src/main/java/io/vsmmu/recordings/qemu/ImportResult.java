package io.vsmmu.recordings.qemu;

/** How an import ended. */
public sealed interface ImportResult {

  /** The recording was read to its end. */
  record Imported(ImportReport report) implements ImportResult {}

  /**
   * The input is no recording of a vSMMU; nothing was handed to the sink.
   *
   * @param lines lines read
   * @param bytes bytes read
   * @param expected what a recording would have had
   */
  record Refused(long lines, long bytes, String expected) implements ImportResult {}
}
