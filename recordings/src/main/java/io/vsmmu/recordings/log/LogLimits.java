package io.vsmmu.recordings.log;

/** Every bound of a log file. Writer and reader refuse more. */
public final class LogLimits {

  /** Bytes of a record's payload: 16 MiB. */
  public static final int PAYLOAD_BYTES = 16 << 20;

  /** UTF-8 bytes of a record's subject. */
  public static final int SUBJECT_BYTES = 1024;

  /** UTF-8 bytes of the name in the header, and of the exporter. */
  public static final int NAME_BYTES = 1024;

  /** Largest payload type number. */
  public static final int MAX_TYPE = 32_767;

  private LogLimits() {}
}
