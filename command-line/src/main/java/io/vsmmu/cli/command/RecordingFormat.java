package io.vsmmu.cli.command;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** What a recording is written in. */
enum RecordingFormat {
  /** What QEMU writes with {@code -trace 'smmuv3_*' -D file}. */
  QEMU_TRACE("qemu-trace"),
  /** Our own export. */
  VSMMU("vsmmu");

  /** First bytes of our own files. */
  private static final byte[] MAGIC = "VSMMULOG".getBytes(StandardCharsets.US_ASCII);

  private final String parameter;

  RecordingFormat(String parameter) {
    this.parameter = parameter;
  }

  /** By the file's first bytes: ours begin with a magic, everything else is taken for a trace. */
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
