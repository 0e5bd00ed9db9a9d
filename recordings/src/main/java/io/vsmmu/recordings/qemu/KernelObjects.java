package io.vsmmu.recordings.qemu;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The recorded host's iommufd objects at the current line. Kernels reuse ids, so an id means what
 * it was last given to.
 */
final class KernelObjects {

  /** A kernel object id; ids of different iommufds have nothing to do with each other. */
  private record Key(long iommufd, long id) {}

  /** A vIOMMU of the recorded host, and the vSMMU it serves once that is known. */
  static final class Viommu {
    private final long firstLine;
    private int owner = -1;
    private boolean gone;
    private boolean used;

    Viommu(long firstLine) {
      this.firstLine = firstLine;
    }

    /** Notes a use; whether it is not the first, since one line alone can be damaged. */
    private boolean usedAgain() {
      boolean again = used;
      used = true;
      return again;
    }

    /** Number of the line that told of it first. */
    long firstLine() {
      return firstLine;
    }

    /** Index of the vSMMU; -1 while not known. */
    int owner() {
      return owner;
    }

    /** Whether the VMM gave it back. */
    boolean gone() {
      return gone;
    }

    /** Makes the vSMMU at {@code index} the owner; whether that was not known before. */
    boolean own(int index) {
      boolean news = owner != index;
      owner = index;
      return news;
    }
  }

  private final Map<Key, Viommu> viommuOf = bounded();
  private final Map<Key, Viommu> byId = bounded();
  private final Map<Key, String> addresses = bounded();
  private final Map<String, Viommu> viommuOfDevice = bounded();
  private final List<Viommu> viommus = new ArrayList<>();
  private final Set<String> leaving = new HashSet<>();
  private final Set<Viommu> certain = new HashSet<>();
  private int atOnce;

  private static <K, V> Map<K, V> bounded() {
    return new LinkedHashMap<>() {
      @Override
      protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
        return size() > TraceLimits.KERNEL_OBJECTS;
      }
    };
  }

  /** vIOMMUs seen so far, those that are gone included. */
  List<Viommu> viommus() {
    return viommus;
  }

  /**
   * How many vIOMMUs there are at the same time, which is how many accelerated vSMMUs there are at
   * least. One that was seen before lines were missing need not be there any more.
   */
  int viommusAtOnce() {
    return atOnce;
  }

  /** Lines are missing: objects may have gone unseen. */
  void linesMissing() {
    certain.clear();
  }

  /** Whether the VMM is about to take a device away: it has left its vIOMMU and is still there. */
  boolean unplugging() {
    return !leaving.isEmpty();
  }

  private void moved(TraceLine.HostCall call) {
    boolean ofViommu = viommuOf.containsKey(new Key(call.iommufd(), call.parentId()));
    if (!ofViommu && viommuOfDevice.containsKey(call.address())) {
      leaving.add(call.address());
    } else {
      leaving.remove(call.address());
    }
  }

  private void seen(Viommu viommu) {
    certain.add(viommu);
    atOnce = Math.max(atOnce, certain.size());
  }

  /** The vIOMMU of the device at {@code address}; null if none or not known. */
  @Nullable Viommu viommuOfDevice(String address) {
    return viommuOfDevice.get(address);
  }

  /** The vIOMMU that a call is found to concern by what is known now. */
  @Nullable Viommu viommuOf(TraceLine.HostCall call) {
    return switch (call.kind()) {
      case BIND, ATTACH, DEVICE, DETACH -> viommuOfDevice.get(call.address());
      case ALLOC_HWPT, ALLOC_VDEVICE ->
          viommuOfDevice.get(address(call.iommufd(), call.deviceId()));
      default -> null;
    };
  }

  /**
   * Takes note of {@code call}.
   *
   * @param line number of its line
   * @return the vIOMMU it concerns, null if none or not known
   */
  @Nullable Viommu apply(TraceLine.HostCall call, long line) {
    if (call.result() != 0) {
      return concerned(call);
    }
    switch (call.kind()) {
      case BIND -> {
        Key key = new Key(call.iommufd(), call.id());
        forget(key);
        addresses.put(key, call.address());
        viommuOfDevice.remove(call.address());
        leaving.remove(call.address());
      }
      case ALLOC_VIOMMU -> allocViommu(call, line);
      case ALLOC_VDEVICE, ALLOC_HWPT, ALLOC_VEVENTQ -> {
        Viommu viommu = viommuOf.get(new Key(call.iommufd(), call.parentId()));
        Key key = new Key(call.iommufd(), call.id());
        forget(key);
        if (viommu != null) {
          viommuOf.put(key, viommu);
          deviceBelongs(call, viommu);
        }
      }
      case FREE -> {
        Viommu viommu = viommuOf.get(new Key(call.iommufd(), call.id()));
        forget(new Key(call.iommufd(), call.id()));
        return viommu;
      }
      case INVALIDATE -> {
        Key key = new Key(call.iommufd(), call.parentId());
        leaving.clear();
        if (!viommuOf.containsKey(key)) {
          // Made before the recording began.
          startedBefore(key, line);
        }
        Viommu used = viommuOf.get(key);
        if (used != null && byId.get(key) == used && used.usedAgain()) {
          seen(used);
        }
      }
      case ATTACH -> moved(call);
      case DETACH -> leaving.remove(call.address());
      case DEVICE, OTHER -> {}
    }
    return concerned(call);
  }

  private void allocViommu(TraceLine.HostCall call, long line) {
    Key key = new Key(call.iommufd(), call.id());
    forget(key);
    Viommu viommu = new Viommu(line);
    viommuOf.put(key, viommu);
    byId.put(key, viommu);
    if (viommus.size() < TraceLimits.VSMMUS) {
      viommus.add(viommu);
      seen(viommu);
    }
    deviceBelongs(call, viommu);
  }

  private void startedBefore(Key key, long line) {
    Viommu viommu = new Viommu(line);
    viommuOf.put(key, viommu);
    byId.put(key, viommu);
    // It may have come in place of another one, unseen.
    certain.clear();
    if (viommus.size() < TraceLimits.VSMMUS) {
      viommus.add(viommu);
    }
  }

  private void deviceBelongs(TraceLine.HostCall call, Viommu viommu) {
    String address = addresses.get(new Key(call.iommufd(), call.deviceId()));
    if (address != null) {
      viommuOfDevice.put(address, viommu);
    }
  }

  private @Nullable Viommu concerned(TraceLine.HostCall call) {
    return switch (call.kind()) {
      case ALLOC_VIOMMU, FREE -> viommuOf.get(new Key(call.iommufd(), call.id()));
      case ALLOC_VDEVICE, ALLOC_VEVENTQ, INVALIDATE, ALLOC_HWPT ->
          viommuOf.get(new Key(call.iommufd(), call.parentId()));
      case ATTACH -> {
        Viommu target = viommuOf.get(new Key(call.iommufd(), call.parentId()));
        yield target != null ? target : viommuOfDevice.get(call.address());
      }
      case BIND, DETACH, DEVICE -> viommuOfDevice.get(call.address());
      case OTHER -> null;
    };
  }

  private void forget(Key key) {
    viommuOf.remove(key);
    addresses.remove(key);
    Viommu before = byId.remove(key);
    if (before != null) {
      before.gone = true;
      certain.remove(before);
      viommuOfDevice.values().removeIf(viommu -> viommu == before);
    }
  }

  /** PCI address of the device with this id; empty if its binding is not in the recording. */
  String address(long iommufd, long deviceId) {
    return addresses.getOrDefault(new Key(iommufd, deviceId), "");
  }

  /** PCI address of the only device with this id on any iommufd; empty if none or several. */
  String address(long deviceId) {
    Map<String, Long> found = new HashMap<>();
    addresses.forEach(
        (key, address) -> {
          if (key.id() == deviceId) {
            found.put(address, deviceId);
          }
        });
    return found.size() == 1 ? found.keySet().iterator().next() : "";
  }
}
