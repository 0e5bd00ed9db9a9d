package io.vsmmu.fuzz;

import io.vsmmu.smmu.event.VsmmuEvent;
import io.vsmmu.smmu.wire.EventCodec;
import java.io.IOException;
import java.util.List;

/**
 * Exported logs whose checksums, digest and hash chain a forger has made right, so that everything
 * behind them is reached. The same holds as for {@link LogFileTarget}.
 */
final class ForgedLogTarget implements FuzzTarget {

  private final LogFileTarget files = new LogFileTarget();

  @Override
  public void take(byte[] bytes) throws IOException {
    files.read(new ForgedLogFile(new Input(bytes)).bytes());
  }

  @Override
  public List<byte[]> seeds() {
    Output log = new Output().u8(0);
    for (VsmmuEvent event : SampleLog.events()) {
      byte[] payload = EventCodec.encode(event);
      log.u8(0, EventCodec.typeOf(event) - 1, 0, 1).u16(payload.length).bytes(payload);
    }
    return List.of(new byte[0], log.toBytes(), new Output().u8(1, 0, 5, 5, 0xe0).toBytes());
  }
}
