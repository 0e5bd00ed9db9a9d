package io.vsmmu.db;

import io.vsmmu.db.embedded.EmbeddedLimits;
import io.vsmmu.db.log.EventLogLimits;
import java.time.Duration;

/** The service's limits with some of them changed, for tests that must reach them. */
public final class TestLimits {

  private static final EventLogLimits LOG = EventLogLimits.DEFAULTS;
  private static final EmbeddedLimits SERVER = EmbeddedLimits.DEFAULTS;

  private TestLimits() {}

  /** With another {@code queuedAppends} and {@code queueWait}. */
  static EventLogLimits queue(int appends, Duration wait) {
    return new EventLogLimits(
        appends,
        LOG.queuedBytes(),
        wait,
        LOG.appendWait(),
        LOG.batchRows(),
        LOG.batchBytes(),
        LOG.appendRows(),
        LOG.appendBytes(),
        LOG.payloadBytes(),
        LOG.subjectChars(),
        LOG.streamHeads(),
        LOG.partitionRows(),
        LOG.lockWait(),
        LOG.reconnectWait(),
        LOG.reconnectPause(),
        LOG.pageRows(),
        LOG.pollInterval(),
        LOG.poolConnections());
  }

  /** With another {@code lockWait} and {@code reconnectWait}. */
  static EventLogLimits waits(Duration lock, Duration reconnect) {
    return new EventLogLimits(
        LOG.queuedAppends(),
        LOG.queuedBytes(),
        LOG.queueWait(),
        LOG.appendWait(),
        LOG.batchRows(),
        LOG.batchBytes(),
        LOG.appendRows(),
        LOG.appendBytes(),
        LOG.payloadBytes(),
        LOG.subjectChars(),
        LOG.streamHeads(),
        LOG.partitionRows(),
        lock,
        reconnect,
        LOG.reconnectPause(),
        LOG.pageRows(),
        LOG.pollInterval(),
        LOG.poolConnections());
  }

  /**
   * With other {@code partitionRows}, {@code batchRows}, {@code appendRows}, {@code streamHeads}
   * and {@code pageRows}.
   */
  static EventLogLimits sizes(long partition, int batch, int append, int heads, int page) {
    return new EventLogLimits(
        LOG.queuedAppends(),
        LOG.queuedBytes(),
        LOG.queueWait(),
        LOG.appendWait(),
        batch,
        LOG.batchBytes(),
        append,
        LOG.appendBytes(),
        LOG.payloadBytes(),
        LOG.subjectChars(),
        heads,
        partition,
        LOG.lockWait(),
        LOG.reconnectWait(),
        LOG.reconnectPause(),
        page,
        LOG.pollInterval(),
        LOG.poolConnections());
  }

  /** With another {@code unresponsive}. */
  public static EmbeddedLimits unresponsive(Duration most) {
    return new EmbeddedLimits(
        SERVER.startWait(),
        SERVER.restarts(),
        SERVER.restartWindow(),
        SERVER.restartPause(),
        SERVER.checkInterval(),
        most,
        SERVER.reservedBytes());
  }

  /** With other {@code restarts}, {@code restartPause} and {@code reservedBytes}. */
  public static EmbeddedLimits restarts(int most, Duration pause, long reservedBytes) {
    return new EmbeddedLimits(
        SERVER.startWait(),
        most,
        SERVER.restartWindow(),
        pause,
        SERVER.checkInterval(),
        SERVER.unresponsive(),
        reservedBytes);
  }
}
