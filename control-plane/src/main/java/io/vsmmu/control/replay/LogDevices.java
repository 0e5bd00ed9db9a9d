package io.vsmmu.control.replay;

import io.vsmmu.db.log.EventLog;
import io.vsmmu.db.log.StoredEvent;
import io.vsmmu.smmu.event.DeviceAttached;
import io.vsmmu.smmu.wire.EventCodec;
import java.util.Collections;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/** The host devices that a log attaches, whether they are detached later or not. */
public final class LogDevices {

  private static final int PAGE = 256;

  private static final int ATTACHED =
      EventCodec.types().stream()
          .filter(type -> EventCodec.nameOf(type).equals("DeviceAttached"))
          .findFirst()
          .orElseThrow();

  private LogDevices() {}

  /**
   * Their PCI addresses.
   *
   * @param until last position, inclusive; {@link Long#MAX_VALUE} for the whole log
   */
  public static SortedSet<String> of(EventLog log, int vsmmuId, long until) {
    SortedSet<String> addresses = new TreeSet<>();
    long position = 0;
    List<StoredEvent> page;
    do {
      page = log.ofType(vsmmuId, ATTACHED, position, until, PAGE);
      for (StoredEvent stored : page) {
        addresses.add(address(stored));
        position = stored.position();
      }
    } while (page.size() == PAGE);
    return Collections.unmodifiableSortedSet(addresses);
  }

  private static String address(StoredEvent stored) {
    DeviceAttached attached = (DeviceAttached) EventCodec.decode(stored.type(), stored.payload());
    return attached.device().address();
  }
}
