package io.vsmmu.control.replay;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.vsmmu.boundary.Boundaries;
import io.vsmmu.control.offline.LocalReplayHost;
import io.vsmmu.control.offline.ReplayHost;
import io.vsmmu.control.offline.SimulatedReplayHost;
import io.vsmmu.db.EventDatabase;
import io.vsmmu.db.log.StoredEvent;
import io.vsmmu.host.HostIommu;
import io.vsmmu.host.simulated.FaultPlan;
import io.vsmmu.smmu.event.VsmmuEvent;
import io.vsmmu.smmu.wire.EventCodec;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Runs replays and keeps the newest results. Thread-safe. */
public final class ReplayService implements AutoCloseable {

  /** Replays that run at the same time. */
  public static final int CONCURRENT = 2;

  /** Replays that may wait; more are refused. */
  public static final int WAITING = 64;

  /** Results that are kept; further ones displace those that were used least. */
  public static final int KEPT = 256;

  private final EventDatabase database;
  private final HostIommu host;
  private final Cache<UUID, Replay> replays = Caffeine.newBuilder().maximumSize(KEPT).build();
  private final ExecutorService workers =
      new ThreadPoolExecutor(
          CONCURRENT,
          CONCURRENT,
          0,
          TimeUnit.SECONDS,
          new LinkedBlockingQueue<>(WAITING),
          Thread.ofPlatform().daemon().name("replay-", 0).factory());

  /**
   * @param host the host of the service, for replays on {@link ReplayTarget.Local}
   */
  public ReplayService(EventDatabase database, HostIommu host) {
    this.database = database;
    this.host = host;
  }

  /**
   * Starts a replay.
   *
   * @throws java.util.concurrent.RejectedExecutionException when {@link #WAITING} others wait
   */
  public Replay start(ReplayRequest request) {
    Replay replay = new Replay(request);
    workers.execute(() -> run(replay));
    replays.put(replay.id(), replay);
    return replay;
  }

  /** A replay that runs, or whose result is still kept. */
  public Optional<Replay> find(UUID id) {
    return Optional.ofNullable(replays.getIfPresent(id));
  }

  private void run(Replay replay) {
    ReplayRequest request = replay.request();
    try (LogReplay log = open(request)) {
      boolean whole =
          database
              .log()
              .readWhile(request.vsmmuId(), 0, Long.MAX_VALUE, event -> feed(replay, log, event));
      Boundaries.reached(ReplayBoundary.REPLAYED);
      if (whole) {
        replay.done(log.finish());
      } else if (replay.stopAsked()) {
        replay.stopped();
      } else {
        replay.done(log.report());
      }
    } catch (RuntimeException failed) {
      replay.failed(String.valueOf(failed.getMessage()));
    }
  }

  private static boolean feed(Replay replay, LogReplay log, StoredEvent stored) {
    if (replay.stopAsked()) {
      return false;
    }
    VsmmuEvent event = EventCodec.decode(stored.type(), stored.payload());
    if (stored.position() > replay.request().until()) {
      log.stopBefore(event);
      return false;
    }
    log.accept(event);
    Boundaries.reached(ReplayBoundary.EVENT_REPLAYED);
    replay.progress(log.events());
    return true;
  }

  private LogReplay open(ReplayRequest request) {
    return switch (request.mode()) {
      case COMMANDS -> new CommandReplay(request.verify());
      case EVENTS -> new EventReplay(host(request.target()), request.verify());
    };
  }

  private ReplayHost host(ReplayTarget target) {
    return switch (target) {
      case ReplayTarget.Simulated(FaultPlan faults) -> new SimulatedReplayHost(faults);
      case ReplayTarget.Local(Map<String, String> devices) -> new LocalReplayHost(host, devices);
    };
  }

  @Override
  public void close() {
    workers.shutdownNow();
  }
}
