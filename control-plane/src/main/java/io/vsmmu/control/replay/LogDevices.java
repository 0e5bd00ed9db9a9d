package io.vsmmu.control.replay;

import io.vsmmu.db.log.EventLog;
import io.vsmmu.db.log.StoredEvent;
import io.vsmmu.smmu.event.DeviceAttached;
import io.vsmmu.smmu.stimulus.HostDevice;
import io.vsmmu.smmu.wire.EventCodec;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

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
   * Each as it was when it was attached last.
   *
   * @param until last position, inclusive; {@link Long#MAX_VALUE} for the whole log
   * @return by PCI address
   */
  public static SortedMap<String, HostDevice> of(EventLog log, int vsmmuId, long until) {
    SortedMap<String, HostDevice> devices = new TreeMap<>();
    long position = 0;
    List<StoredEvent> page;
    do {
      page = log.readOfType(vsmmuId, ATTACHED, position, until, PAGE);
      for (StoredEvent stored : page) {
        HostDevice device = device(stored);
        devices.put(device.address(), device);
        position = stored.position();
      }
    } while (page.size() == PAGE);
    return Collections.unmodifiableSortedMap(devices);
  }

  private static HostDevice device(StoredEvent stored) {
    DeviceAttached attached = (DeviceAttached) EventCodec.decode(stored.type(), stored.payload());
    return attached.device();
  }
}
