package io.vsmmu.rest.history;

import io.vsmmu.db.EventDatabase;
import io.vsmmu.db.log.EventLog;
import io.vsmmu.db.log.RegisteredVsmmu;
import io.vsmmu.db.log.StoredEvent;
import io.vsmmu.projections.query.EventItem;
import io.vsmmu.projections.travel.LogEvent;
import io.vsmmu.rest.access.Caller;
import io.vsmmu.rest.access.Credential;
import io.vsmmu.rest.intake.ClientRoom;
import io.vsmmu.rest.intake.RequestLimits;
import io.vsmmu.smmu.wire.EventKind;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.SmartLifecycle;
import org.springframework.http.MediaType;
import org.springframework.http.server.ServerHttpResponse;
import org.springframework.stereotype.Component;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

/**
 * Streams that follow the log. They end before the web server does, which would wait for them, and
 * with the credential that opened them.
 */
@Component
class EventStreams implements SmartLifecycle {

  /** The greatest number of streams at the same time; a further one is refused with TOO_BUSY. */
  static final int STREAMS = 256;

  /**
   * The longest life of a stream. A client that opens a new one behind the id of the last event
   * misses nothing.
   */
  static final Duration LONGEST = Duration.ofHours(1);

  /** The time that the web server may take to begin the answer, before the stream ends. */
  private static final Duration BEGINNING = Duration.ofSeconds(10);

  /** The number of events that one query reads. */
  static final int PAGE = 256;

  /** The longest wait for new events, and so the time in which a stream notices its end. */
  private static final Duration WAIT = Duration.ofMillis(250);

  /** The time that the end of the service waits for the streams. */
  private static final Duration END_WAIT = Duration.ofSeconds(2);

  /** The pause of a stream after it was woken by the events of another vSMMU. */
  private static final Duration PAUSE = Duration.ofMillis(20);

  private static final long NO_TIMEOUT = 0;

  private static final Logger LOGGER = System.getLogger(EventStreams.class.getName());

  private final EventLog log;
  private final ClientRoom room;
  private final Duration heartbeat;
  private volatile boolean running;

  /**
   * @param heartbeat the longest silence of a stream. A client that has left is noticed by the
   *     second thing that is sent to it: its machine answers the first one with a reset
   */
  EventStreams(
      EventDatabase database,
      RequestLimits limits,
      @Value("${vsmmu.web.stream-heartbeat:2s}") Duration heartbeat) {
    this.room = new ClientRoom("event streams", STREAMS, limits.streams());
    this.log = database.followedLog();
    this.heartbeat = heartbeat;
  }

  /** The answer to HEAD: a stream that ends at once. */
  static SseEmitter headersOnly() {
    SseEmitter emitter = new SseEmitter(NO_TIMEOUT);
    emitter.complete();
    return emitter;
  }

  /**
   * An emitter that records whether its answer has begun: Spring reports nothing when the client
   * left before.
   */
  private static final class Emitter extends SseEmitter {

    private volatile boolean begun;

    Emitter() {
      super(NO_TIMEOUT);
    }

    @Override
    protected void extendResponse(ServerHttpResponse response) {
      super.extendResponse(response);
      begun = true;
    }
  }

  /**
   * Opens a stream that begins with the event {@code sequence} of the vSMMU.
   *
   * @param client as of {@link io.vsmmu.rest.intake.Client}
   */
  SseEmitter open(String client, RegisteredVsmmu vsmmu, long sequence) {
    long before = positionBefore(vsmmu, sequence);
    Credential credential = Caller.current().credential();
    ClientRoom.Place taken = room.take(client);
    Emitter emitter = new Emitter();
    AtomicBoolean open = new AtomicBoolean(true);
    emitter.onCompletion(() -> open.set(false));
    emitter.onError(failure -> open.set(false));
    Thread.ofVirtual()
        .name("events-" + vsmmu.name())
        .start(() -> follow(taken, emitter, open, credential, vsmmu, sequence, before));
    return emitter;
  }

  private void follow(
      ClientRoom.Place taken,
      Emitter emitter,
      AtomicBoolean open,
      Credential credential,
      RegisteredVsmmu vsmmu,
      long sequence,
      long positionBefore) {
    try (taken) {
      emitter.send(
          SseEmitter.event()
              .comment("events of " + vsmmu.name())
              .id(String.valueOf(positionBefore)));
      copy(emitter, () -> open.get() && credential.isValid(), vsmmu, sequence);
      emitter.complete();
    } catch (IOException | IllegalStateException | InterruptedException gone) {
      // The client closed the connection, so that no answer reaches it.
      end(emitter);
    } catch (RuntimeException failed) {
      emitter.completeWithError(failed);
    }
  }

  /** Ends a stream, of which Tomcat may have ended the request already. */
  private static void end(Emitter emitter) {
    try {
      emitter.complete();
    } catch (IllegalStateException ended) {
      LOGGER.log(Level.DEBUG, "The request of a stream had ended", ended);
    }
  }

  /**
   * The position behind which a stream begins, which its client has as the id of the last event
   * before the first one.
   *
   * @return 0 for the beginning of the log
   */
  private long positionBefore(RegisteredVsmmu vsmmu, long sequence) {
    return sequence == 0 ? 0 : log.positionOf(vsmmu.id(), sequence - 1).orElse(0);
  }

  private void copy(Emitter emitter, BooleanSupplier open, RegisteredVsmmu vsmmu, long first)
      throws IOException, InterruptedException {
    Follower follower = new Follower(emitter, vsmmu.id(), first);
    long begun = System.nanoTime();
    while (running
        && open.getAsBoolean()
        && mayGoOn(emitter, Duration.ofNanos(System.nanoTime() - begun))) {
      try {
        if (follower.copyPage()) {
          return;
        }
      } catch (RuntimeException failed) {
        if (!EventLog.isUnavailable(failed)) {
          throw failed;
        }
        // PostgreSQL is started again, for instance. What was not sent follows then.
        follower.keepAlive("the log cannot be read at the moment");
        Thread.sleep(WAIT);
      }
    }
  }

  private static boolean mayGoOn(Emitter emitter, Duration age) {
    return age.compareTo(emitter.begun ? LONGEST : BEGINNING) < 0;
  }

  /** What one stream has sent. */
  private final class Follower {

    private final SseEmitter emitter;
    private final int vsmmu;
    private long next;
    private long silentSince = System.nanoTime();

    /** Positions of the last events by their sequences, to which the next ones refer. */
    private final Map<Long, Long> sent =
        new LinkedHashMap<>() {
          private static final long serialVersionUID = 1L;

          @Override
          protected boolean removeEldestEntry(Map.Entry<Long, Long> eldest) {
            return size() > PAGE;
          }
        };

    Follower(SseEmitter emitter, int vsmmu, long first) {
      this.emitter = emitter;
      this.vsmmu = vsmmu;
      this.next = first;
    }

    /**
     * Sends the next events; without one it waits for a moment.
     *
     * @return whether the vSMMU was deleted: no event follows
     * @throws RuntimeException if the log cannot be read ({@link EventLog#isUnavailable}); the next
     *     call continues
     */
    boolean copyPage() throws IOException, InterruptedException {
      long head = log.headPosition();
      List<StoredEvent> page = log.readPage(vsmmu, next, PAGE);
      for (StoredEvent stored : page) {
        send(new LogEvent(stored));
        if (stored.type() == EventKind.VSMMU_DELETED.number()) {
          return true;
        }
      }
      if (page.isEmpty()) {
        keepAlive("alive");
        if (log.awaitBeyond(head, WAIT)) {
          Thread.sleep(PAUSE);
        }
      }
      return false;
    }

    /** Sends a comment if the stream was silent for long. */
    void keepAlive(String comment) throws IOException {
      if (System.nanoTime() - silentSince > heartbeat.toNanos()) {
        emitter.send(SseEmitter.event().comment(comment));
        silentSince = System.nanoTime();
      }
    }

    private void send(LogEvent event) throws IOException {
      EventResource resource = EventResource.brief(new EventItem(event, causePosition(event)));
      emitter.send(
          SseEmitter.event()
              .id(String.valueOf(event.position()))
              .name(event.type())
              .data(resource, MediaType.APPLICATION_JSON));
      sent.put(event.sequence(), event.position());
      next = event.sequence() + 1;
      silentSince = System.nanoTime();
    }

    private @Nullable Long causePosition(LogEvent event) {
      Long cause = event.cause();
      if (cause == null) {
        return null;
      }
      Long known = sent.get(cause);
      if (known != null) {
        return known;
      }
      OptionalLong position = log.positionOf(vsmmu, cause);
      return position.isPresent() ? (Long) position.getAsLong() : null;
    }
  }

  @Override
  public void start() {
    running = true;
  }

  @Override
  public void stop() {
    running = false;
    try {
      room.awaitEmpty(END_WAIT);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public boolean isRunning() {
    return running;
  }
}
