package io.vsmmu.db;

import io.vsmmu.db.embedded.EmbeddedLimits;
import io.vsmmu.db.log.EventLogLimits;
import java.time.Duration;

/** The service's limits with some of them changed, for tests that must reach them. */
public final class TestLimits {

  private static final EventLogLimits LOG = EventLogLimits.DEFAULTS;
  private static final EmbeddedLimits SERVER = EmbeddedLimits.DEFAULTS;

  private TestLimits() {}

  /** With another {@code lockWait}. */
  static EventLogLimits lockWait(Duration lock) {
    return log(
        LOG.roomWait(),
        LOG.tailWait(),
        LOG.appendRows(),
        LOG.streamHeads(),
        LOG.partitionRows(),
        lock,
        LOG.pageRows());
  }

  /** With other {@code roomWait} and {@code tailWait}. */
  static EventLogLimits waits(Duration room, Duration tail) {
    return log(
        room,
        tail,
        LOG.appendRows(),
        LOG.streamHeads(),
        LOG.partitionRows(),
        LOG.lockWait(),
        LOG.pageRows());
  }

  /**
   * With other {@code partitionRows}, {@code appendRows}, {@code streamHeads} and {@code pageRows}.
   */
  static EventLogLimits sizes(long partition, int append, int heads, int page) {
    return log(LOG.roomWait(), LOG.tailWait(), append, heads, partition, LOG.lockWait(), page);
  }

  private static EventLogLimits log(
      Duration room,
      Duration tail,
      int append,
      int heads,
      long partition,
      Duration lock,
      int page) {
    return new EventLogLimits(
        room,
        LOG.answerWait(),
        LOG.shipBytes(),
        LOG.gatherTime(),
        LOG.foldWait(),
        tail,
        LOG.bulkBytes(),
        append,
        LOG.appendBytes(),
        LOG.payloadBytes(),
        LOG.subjectChars(),
        heads,
        partition,
        lock,
        LOG.retryPause(),
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
