package io.vsmmu.recordings.log;

/**
 * All that may differ between two imports of the same recording.
 *
 * @param name of the vSMMU, at most {@link LogLimits#NAME_BYTES} in UTF-8
 * @param originMicros what the records' offsets count from: microseconds since 1970-01-01T00:00Z
 * @param exporter name and version of the program that wrote the file, bounded as the name
 */
public record LogHeader(String name, long originMicros, String exporter) {}
