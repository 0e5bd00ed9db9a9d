package io.vsmmu.control.recording;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** A file whose bytes count as the progress of an import, and which ends with it. */
final class CountedFile extends FilterInputStream {

  private final ImportRun run;

  private CountedFile(InputStream in, ImportRun run) {
    super(in);
    this.run = run;
  }

  static InputStream open(Path file, ImportRun run) throws IOException {
    return new CountedFile(Files.newInputStream(file), run);
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    int count = super.read(bytes, offset, length);
    run.took(Math.max(count, 0));
    return count;
  }
}
