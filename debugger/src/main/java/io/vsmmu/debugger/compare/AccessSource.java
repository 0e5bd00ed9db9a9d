package io.vsmmu.debugger.compare;

import io.vsmmu.db.log.EventLog;
import io.vsmmu.db.log.HashChain;
import io.vsmmu.db.log.StoredEvent;
import io.vsmmu.projections.travel.LogEvent;
import io.vsmmu.smmu.wire.MalformedEventException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The accesses of a part of a log, in order, with a look ahead. The next page of events is read,
 * verified against the hash chain and decoded on another thread meanwhile. Where the chain breaks,
 * or an event cannot be decoded, the accesses end. For one thread.
 */
final class AccessSource {

  private static final int FIRST_CAPACITY = 1024;

  private final EventLog log;
  private final LogPart part;
  private final AccessReader reader;
  private final HashChain chain = new HashChain();
  private final Executor executor;
  private final LongConsumer passed;

  /** Hash of the event before the next one; null until it was read. */
  private byte @Nullable [] previous;

  private long next;
  private long lastPosition;
  private @Nullable String broken;
  private CompletableFuture<Page> coming;

  private Access[] ring = new Access[FIRST_CAPACITY];
  private int head;
  private int size;
  private boolean ended;
  private long taken;
  private @Nullable AccessKeys keys;
  private List<Access> unsigned = List.of();

  /**
   * A page of accesses.
   *
   * @param events number of events that were read for it
   */
  private record Page(List<Access> accesses, long events, boolean last) {}

  /**
   * Begins to read.
   *
   * @param passed receives the number of events of each page, on the thread that takes the
   *     accesses; may throw to end the comparison
   */
  AccessSource(EventLog log, LogPart part, Executor executor, LongConsumer passed) {
    this.log = log;
    this.part = part;
    this.reader = new AccessReader(part.recording());
    this.executor = executor;
    this.passed = passed;
    this.next = part.first();
    this.coming = CompletableFuture.supplyAsync(this::page, executor);
  }

  /** What is known of the commands of the first page; waits for it. */
  KnownBits sample() {
    receive();
    return reader.known();
  }

  /** Gives the keys by which accesses are signed; before the first access is asked for. */
  void begin(AccessKeys accessKeys) {
    keys = accessKeys;
    if (!ended) {
      coming = CompletableFuture.supplyAsync(this::page, executor);
    }
    append(unsigned, accessKeys);
    unsigned = List.of();
  }

  /** The number of accesses that can be looked at: {@code wanted}, or fewer at the end. */
  int fill(int wanted) {
    AccessKeys signing = keys;
    while (size < wanted && !ended && signing != null) {
      receive();
      if (!ended) {
        coming = CompletableFuture.supplyAsync(this::page, executor);
      }
      append(unsigned, signing);
      unsigned = List.of();
    }
    return Math.min(size, wanted);
  }

  /** The access {@code index} accesses ahead; {@link #fill} has been asked for more than that. */
  Access get(int index) {
    return ring[(head + index) & (ring.length - 1)];
  }

  Access take() {
    Access access = ring[head];
    head = (head + 1) & (ring.length - 1);
    size--;
    taken++;
    return access;
  }

  /** Whether no access follows those that can be looked at, {@code count} of them. */
  boolean endsAfter(int count) {
    return ended && size <= count;
  }

  /** The number of accesses that were taken. */
  long taken() {
    return taken;
  }

  /** The reader, once all accesses are taken. */
  AccessReader reader() {
    return reader;
  }

  /** Why the accesses end before the part does; empty if they do not. */
  Optional<String> broken() {
    return Optional.ofNullable(broken);
  }

  /** The number of events that were read and are as they were written. */
  long events() {
    return next - part.first();
  }

  /** Position of the last event that was read and is as it was written; 0 if there is none. */
  long lastPosition() {
    return lastPosition;
  }

  private void receive() {
    try {
      Page page = coming.join();
      unsigned = page.accesses();
      ended = page.last();
      passed.accept(page.events());
    } catch (CompletionException failed) {
      if (failed.getCause() instanceof RuntimeException unchecked) {
        throw unchecked;
      }
      throw failed;
    }
  }

  private void append(List<Access> accesses, AccessKeys signing) {
    int room = ring.length;
    while (room < size + accesses.size()) {
      room *= 2;
    }
    if (room > ring.length) {
      Access[] grown = new Access[room];
      for (int i = 0; i < size; i++) {
        grown[i] = get(i);
      }
      ring = grown;
      head = 0;
    }
    for (Access access : accesses) {
      signing.sign(access);
      ring[(head + size++) & (ring.length - 1)] = access;
    }
  }

  // --- on the executor, one page at a time -------------------------------------------------------

  private Page page() {
    long first = next;
    long to = Math.min(part.last(), first + CompareLimits.PAGE_EVENTS - 1);
    long[] bytes = new long[1];
    if (first <= to && broken == null) {
      byte[] before = previous == null ? hashBefore(first) : previous;
      previous = before;
      log.readWhile(
          part.vsmmu(),
          first,
          to,
          event -> {
            bytes[0] += event.payload().length;
            return accept(event) && bytes[0] < CompareLimits.PAGE_BYTES;
          });
    }
    boolean last = next > part.last() || broken != null || next == first;
    if (last) {
      reader.finish();
    }
    List<Access> accesses = new ArrayList<>();
    reader.release(accesses);
    return new Page(accesses, next - first, last);
  }

  private byte[] hashBefore(long sequence) {
    if (sequence == 0) {
      return HashChain.genesis();
    }
    return log.readPage(part.vsmmu(), sequence - 1, 1).stream()
        .filter(event -> event.sequence() == sequence - 1)
        .map(StoredEvent::hash)
        .findFirst()
        .orElseGet(HashChain::genesis);
  }

  private boolean accept(StoredEvent event) {
    byte[] before = previous;
    if (event.sequence() != next) {
      broken = "the event with sequence %d is missing".formatted(next);
      return false;
    }
    if (before == null
        || !Arrays.equals(event.hash(), chain.next(before, part.originMicros(), event))) {
      broken =
          "the event at position %d is not the one that was written: its hash differs"
              .formatted(event.position());
      return false;
    }
    try {
      reader.accept(new LogEvent(event));
    } catch (MalformedEventException damaged) {
      broken =
          "the event at position %d cannot be decoded: %s"
              .formatted(event.position(), damaged.getMessage());
      return false;
    }
    previous = event.hash();
    lastPosition = event.position();
    next = event.sequence() + 1;
    return true;
  }
}
