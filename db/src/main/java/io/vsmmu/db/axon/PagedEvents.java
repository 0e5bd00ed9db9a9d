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

/** Events fetched one page at a time, when the page before is used up. Not thread-safe. */
final class PagedEvents extends Spliterators.AbstractSpliterator<StoredEvent> {

  /** Reads the page after an event, the first page after null. */
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

  /** The event handed out last. */
  @Nullable StoredEvent last() {
    return last;
  }

  @Override
  public boolean tryAdvance(Consumer<? super StoredEvent> action) {
    if (!page.hasNext() && !atEnd) {
      List<StoredEvent> fetched = reader.apply(last);
      // A short page is the end as of now: a later event belongs to a later stream.
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
