package io.vsmmu.recordings.log;

/**
 * The header of a log file: everything that may differ between two imports of the same recording.
 *
 * @param name name of the vSMMU, at most {@link LogFileLimits#NAME_BYTES} bytes in UTF-8
 * @param originMicros the time that the records' offsets are relative to, in microseconds since
 *     1970-01-01T00:00Z
 * @param exporter name and version of the program that wrote the file, with the same limit
 */
public record LogHeader(String name, long originMicros, String exporter) {}
