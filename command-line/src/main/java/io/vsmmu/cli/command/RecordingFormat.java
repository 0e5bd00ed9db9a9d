package io.vsmmu.cli.command;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** The values of {@code --format}. */
enum RecordingFormat {
  /** What QEMU writes with {@code -trace 'smmuv3_*' -D file}. */
  QEMU_TRACE("qemu-trace"),
  /** A log file that {@code export} of this service wrote. */
  VSMMU("vsmmu");

  /** First bytes of an exported log. */
  private static final byte[] MAGIC = "VSMMULOG".getBytes(StandardCharsets.US_ASCII);

  private final String parameter;

  RecordingFormat(String parameter) {
    this.parameter = parameter;
  }

  /**
   * Detects the format: an export begins with {@link #MAGIC}, every other file is read as a trace.
   */
  static RecordingFormat of(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return Arrays.equals(in.readNBytes(MAGIC.length), MAGIC) ? VSMMU : QEMU_TRACE;
    }
  }

  @Override
  public String toString() {
    return parameter;
  }
}
