package io.vsmmu.debugger.timeline;

import io.vsmmu.db.log.EventLog;
import io.vsmmu.db.log.StoredEvent;
import io.vsmmu.projections.model.Projection;
import io.vsmmu.projections.travel.LogEvent;
import io.vsmmu.projections.travel.TimeTravel;
import io.vsmmu.smmu.model.Vsmmu;
import io.vsmmu.smmu.model.VsmmuState;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Counts the events of each vSMMU in blocks ({@link EventBlock}), and writes those that are full.
 * {@link TimelineQueries} reads the events after the last full block from the log.
 */
public final class TimelineProjection implements Projection {

  public static final String NAME = "timeline";

  /** To be raised whenever the same log would give different rows. */
  static final int VERSION = 2;

  private final EventLog log;
  private final TimeTravel travel;

  /** By vSMMU, the one that was not used for longest first. */
  private final LinkedHashMap<Integer, EventBlock> open =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Integer, EventBlock> eldest) {
          return size() > TimelineLimits.OPEN_BLOCKS;
        }
      };

  private final Map<Integer, List<EventBlock>> full = new LinkedHashMap<>();
  private long size;

  /**
   * Begins without blocks.
   *
   * @param log as far as the projector reads it
   * @param travel gives the state before a block that is made again
   */
  public TimelineProjection(EventLog log, TimeTravel travel) {
    this.log = log;
    this.travel = travel;
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public int version() {
    return VERSION;
  }

  @Override
  public void add(LogEvent event, VsmmuState before, VsmmuState after) {
    EventBlock block = open.get(event.vsmmu());
    if (block == null || block.next() != event.sequence()) {
      block = blockBefore(log, travel, event.vsmmu(), event.sequence());
      open.put(event.vsmmu(), block);
    }
    block.add(event, before, after);
    if (block.full()) {
      full.computeIfAbsent(event.vsmmu(), vsmmu -> new ArrayList<>()).add(block);
      size += block.size();
      open.remove(event.vsmmu());
    }
  }

  /** The block that a sequence belongs to, with the events before that sequence. */
  private static EventBlock blockBefore(EventLog log, TimeTravel travel, int vsmmu, long sequence) {
    long first = sequence - sequence % EventBlock.EVENTS;
    EventBlock block = new EventBlock(first);
    if (first < sequence) {
      fill(block, log, travel, vsmmu, sequence - 1);
    }
    return block;
  }

  /** Adds the events of a vSMMU up to a sequence, which are read from the log. */
  static void fill(EventBlock block, EventLog log, TimeTravel travel, int vsmmu, long last) {
    VsmmuState[] state = {travel.before(vsmmu, block.next())};
    log.read(vsmmu, block.next(), last, stored -> state[0] = step(block, state[0], stored));
  }

  private static VsmmuState step(EventBlock block, VsmmuState before, StoredEvent stored) {
    LogEvent event = new LogEvent(stored);
    VsmmuState after = Vsmmu.evolve(before, event.event());
    block.add(event, before, after);
    return after;
  }

  @Override
  public long size() {
    return size;
  }

  @Override
  public void write(Connection connection) throws SQLException {
    for (Map.Entry<Integer, List<EventBlock>> blocks : full.entrySet()) {
      TimelineTables.write(connection, blocks.getKey(), blocks.getValue());
    }
    forgetRows();
  }

  @Override
  public void clear(Connection connection) throws SQLException {
    TimelineTables.clear(connection);
    forget();
  }

  @Override
  public void forget() {
    forgetRows();
    open.clear();
  }

  private void forgetRows() {
    full.clear();
    size = 0;
  }
}
