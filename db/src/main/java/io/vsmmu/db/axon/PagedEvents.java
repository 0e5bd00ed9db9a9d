package io.vsmmu.db.axon;

import io.vsmmu.db.log.StoredEvent;
import java.util.Iterator;
import java.util.List;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * A stream of events that fetches one page at a time, when the previous one is consumed. It holds
 * no connection between pages. Not thread-safe.
 */
final class PagedEvents extends Spliterators.AbstractSpliterator<StoredEvent> {

  /** Reads the page that follows an event; for null, the first page. */
  interface PageReader extends Function<@Nullable StoredEvent, List<StoredEvent>> {}

  private final PageReader reader;
  private final int pageRows;
  private Iterator<StoredEvent> page = List.<StoredEvent>of().iterator();
  private boolean atEnd;
  private @Nullable StoredEvent last;

  PagedEvents(PageReader reader, int pageRows) {
    super(Long.MAX_VALUE, Spliterator.ORDERED | Spliterator.NONNULL);
    this.reader = reader;
    this.pageRows = pageRows;
  }

  Stream<StoredEvent> stream() {
    return StreamSupport.stream(this, false);
  }

  /** The event that was delivered last, null before the first one. */
  @Nullable StoredEvent last() {
    return last;
  }

  @Override
  public boolean tryAdvance(Consumer<? super StoredEvent> action) {
    if (!page.hasNext() && !atEnd) {
      List<StoredEvent> fetched = reader.apply(last);
      // After a short page the stream ends, although the log may grow: it shows the log as of now.
      atEnd = fetched.size() < pageRows;
      page = fetched.iterator();
    }
    if (!page.hasNext()) {
      return false;
    }
    StoredEvent event = page.next();
    last = event;
    action.accept(event);
    return true;
  }
}
