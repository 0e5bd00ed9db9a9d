package io.vsmmu.control.recording;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Reads the file of an import and counts its bytes as progress. Reading throws {@link
 * ImportStoppedException} when the import was stopped.
 */
final class ImportFileStream extends FilterInputStream {

  private final ImportRun run;

  private ImportFileStream(InputStream in, ImportRun run) {
    super(in);
    this.run = run;
  }

  static InputStream open(Path file, ImportRun run) throws IOException {
    return new ImportFileStream(Files.newInputStream(file), run);
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    int count = super.read(bytes, offset, length);
    run.addBytes(Math.max(count, 0));
    return count;
  }
}
