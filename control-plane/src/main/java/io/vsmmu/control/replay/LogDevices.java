package io.vsmmu.control.replay;

import io.vsmmu.projections.query.EventFilter;
import io.vsmmu.projections.query.EventItem;
import io.vsmmu.projections.query.EventQueries;
import io.vsmmu.projections.query.Keyset;
import io.vsmmu.projections.query.Page;
import io.vsmmu.smmu.event.DeviceAttached;
import io.vsmmu.smmu.event.PartImported;
import io.vsmmu.smmu.model.VsmmuState;
import io.vsmmu.smmu.stimulus.HostDevice;
import io.vsmmu.smmu.wire.EventKind;
import java.util.Collections;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The host devices that a log attaches, whether they are detached later or not, and those with
 * which an imported part of a log begins.
 */
public final class LogDevices {

  private static final EventFilter ATTACHED =
      EventFilter.ALL.withTypes(EventKind.DEVICE_ATTACHED, EventKind.PART_IMPORTED);

  private LogDevices() {}

  /**
   * The devices, each as its last attachment describes it. The events are found by an index,
   * without a scan of the log.
   *
   * @param until last position, inclusive; {@link Long#MAX_VALUE} for the whole log
   * @return by PCI address
   */
  public static SortedMap<String, HostDevice> of(EventQueries events, int vsmmuId, long until) {
    SortedMap<String, HostDevice> devices = new TreeMap<>();
    Keyset keyset = Keyset.oldestFirst(Keyset.MOST_ITEMS);
    OptionalLong next;
    do {
      Page<EventItem> page = events.events(vsmmuId, ATTACHED, keyset);
      for (EventItem item : page.items()) {
        if (item.position() <= until) {
          switch (item.event().event()) {
            case DeviceAttached it -> devices.put(it.device().address(), it.device());
            case PartImported it ->
                ((VsmmuState) it.state())
                    .devices()
                    .values()
                    .forEach(device -> devices.put(device.device().address(), device.device()));
            default -> {}
          }
        }
      }
      next = page.next();
      keyset = keyset.after(next.orElse(until));
    } while (next.isPresent() && next.getAsLong() < until);
    return Collections.unmodifiableSortedMap(devices);
  }
}
