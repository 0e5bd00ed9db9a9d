package io.vsmmu.db.write;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;

/**
 * When events were appended, by {@link System#nanoTime}, so that a change of the wall clock changes
 * no age. Not every append is noted but one in each {@link #interval}, which doubles whenever more
 * than {@link #MOST} are noted: so a long outage costs no more memory than a short one, and the
 * interval is never more than a 256th of the greatest age since the last time that nothing waited.
 * Thread-safe by its monitor, which an append takes only if it is noted.
 */
final class AppendTimes {

  /** The largest number of appends that are noted; above it {@link #thinOut} forgets some. */
  private static final int MOST = 512;

  private static final long SHORTEST_NANOS = Duration.ofMillis(10).toNanos();

  private record Append(long last, long nanoTime) {}

  private final Deque<Append> noted = new ArrayDeque<>();
  private long interval = SHORTEST_NANOS;

  /** The {@link System#nanoTime} from which on an append is noted. */
  private volatile long due = System.nanoTime();

  /** Called after an append, with its last position. */
  void note(long last, long now) {
    if (now - due >= 0) {
      add(last, now);
    }
  }

  private synchronized void add(long last, long now) {
    // An append that was overtaken by a later one is as old as that.
    if (noted.isEmpty() || noted.getLast().last() < last) {
      noted.add(new Append(last, now));
    }
    if (noted.size() > MOST) {
      thinOut();
    }
    due = now + interval;
  }

  /**
   * Forgets what was appended within the doubled interval after an append that stays. To forget
   * every second one instead would widen the gaps between slow appends each time that fast ones
   * follow, until they are no longer a small part of the greatest age.
   */
  private void thinOut() {
    while (noted.size() > MOST) {
      interval *= 2;
      Iterator<Append> each = noted.iterator();
      long kept = each.next().nanoTime();
      while (each.hasNext()) {
        long next = each.next().nanoTime();
        if (next - kept < interval) {
          each.remove();
        } else {
          kept = next;
        }
      }
    }
  }

  /** Forgets appends up to a position, but for the last one, which dates those after it. */
  synchronized void forget(long through) {
    while (noted.size() > 1 && second().last() <= through) {
      noted.removeFirst();
    }
    if (noted.size() == 1) {
      interval = SHORTEST_NANOS;
      due = noted.getFirst().nanoTime() + interval;
    }
  }

  private Append second() {
    Iterator<Append> each = noted.iterator();
    each.next();
    return each.next();
  }

  /**
   * The age of an event, at most the interval of its time too great.
   *
   * @param position after those that are forgotten
   */
  synchronized Duration age(long position, long now) {
    long since = now;
    for (Append append : noted) {
      if (since != now && append.last() > position) {
        break;
      }
      since = append.nanoTime();
    }
    return Duration.ofNanos(now - since);
  }
}
