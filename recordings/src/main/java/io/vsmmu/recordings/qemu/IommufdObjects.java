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
 * The iommufd objects of the recorded host at the current line. The kernel reuses ids, so an id
 * stands for the object that it was given to last.
 */
final class IommufdObjects {

  /** The id of an object within one iommufd; different iommufds number their objects separately. */
  private record Key(long iommufd, long id) {}

  /** A vIOMMU of the recorded host, and the vSMMU that it serves once that is known. */
  static final class Viommu {
    private final long firstLine;
    private int owner = -1;
    private boolean freed;
    private boolean used;

    Viommu(long firstLine) {
      this.firstLine = firstLine;
    }

    /** Records a use. True from the second one on: a single line may be damaged. */
    private boolean usedAgain() {
      boolean again = used;
      used = true;
      return again;
    }

    /** Number of the first line that named it. */
    long firstLine() {
      return firstLine;
    }

    /** Index of the vSMMU; -1 while unknown. */
    int owner() {
      return owner;
    }

    /** Whether the VMM destroyed it. */
    boolean freed() {
      return freed;
    }

    /** Sets the vSMMU that it serves; true if that was not known before. */
    boolean assignTo(int index) {
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
  private final Set<String> unplugged = new HashSet<>();
  private final Set<Viommu> certainlyAllocated = new HashSet<>();
  private int atOnce;

  private static <K, V> Map<K, V> bounded() {
    return new LinkedHashMap<>() {
      @Override
      protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
        return size() > TraceLimits.KERNEL_OBJECTS;
      }
    };
  }

  /** All vIOMMUs that were seen, including destroyed ones. */
  List<Viommu> viommus() {
    return viommus;
  }

  /**
   * The largest number of vIOMMUs that existed at the same time: there are at least as many
   * accelerated vSMMUs. A vIOMMU that was seen before missing lines may have been destroyed in
   * them.
   */
  int viommusAtOnce() {
    return atOnce;
  }

  /** Lines are missing, in which objects may have been destroyed. */
  void linesMissing() {
    certainlyAllocated.clear();
  }

  /** Whether a device is being unplugged: it left its vIOMMU and has not been released yet. */
  boolean unplugging() {
    return !unplugged.isEmpty();
  }

  private void moved(TraceLine.HostCall call) {
    boolean ofViommu = viommuOf.containsKey(new Key(call.iommufd(), call.parentId()));
    if (!ofViommu && viommuOfDevice.containsKey(call.address())) {
      unplugged.add(call.address());
    } else {
      unplugged.remove(call.address());
    }
  }

  private void inUse(Viommu viommu) {
    certainlyAllocated.add(viommu);
    atOnce = Math.max(atOnce, certainlyAllocated.size());
  }

  /** The vIOMMU of the device at {@code address}; null if it has none or that is unknown. */
  @Nullable Viommu viommuOfDevice(String address) {
    return viommuOfDevice.get(address);
  }

  /** The vIOMMU of the device that a call names, as known now; null if it names none. */
  @Nullable Viommu viommuOf(TraceLine.HostCall call) {
    return switch (call.kind()) {
      case BIND, ATTACH, DEVICE, DETACH -> viommuOfDevice.get(call.address());
      case ALLOC_HWPT, ALLOC_VDEVICE ->
          viommuOfDevice.get(address(call.iommufd(), call.deviceId()));
      default -> null;
    };
  }

  /**
   * Applies the effect of {@code call} on the objects.
   *
   * @param line number of its line
   * @return the vIOMMU that it concerns; null if it concerns none or that is unknown
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
        unplugged.remove(call.address());
      }
      case ALLOC_VIOMMU -> allocViommu(call, line);
      case ALLOC_VDEVICE, ALLOC_HWPT, ALLOC_VEVENTQ -> {
        Viommu viommu = viommuOf.get(new Key(call.iommufd(), call.parentId()));
        Key key = new Key(call.iommufd(), call.id());
        forget(key);
        if (viommu != null) {
          viommuOf.put(key, viommu);
          deviceUses(call, viommu);
        }
      }
      case FREE -> {
        Viommu viommu = viommuOf.get(new Key(call.iommufd(), call.id()));
        forget(new Key(call.iommufd(), call.id()));
        return viommu;
      }
      case INVALIDATE -> {
        Key key = new Key(call.iommufd(), call.parentId());
        unplugged.clear();
        if (!viommuOf.containsKey(key)) {
          // It was allocated before the recording began, or in missing lines.
          allocatedBeforeRecording(key, line);
        }
        Viommu used = viommuOf.get(key);
        if (used != null && byId.get(key) == used && used.usedAgain()) {
          inUse(used);
        }
      }
      case ATTACH -> moved(call);
      case DETACH -> unplugged.remove(call.address());
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
      inUse(viommu);
    }
    deviceUses(call, viommu);
  }

  private void allocatedBeforeRecording(Key key, long line) {
    Viommu viommu = new Viommu(line);
    viommuOf.put(key, viommu);
    byId.put(key, viommu);
    // It may have replaced another one in missing lines.
    certainlyAllocated.clear();
    if (viommus.size() < TraceLimits.VSMMUS) {
      viommus.add(viommu);
    }
  }

  private void deviceUses(TraceLine.HostCall call, Viommu viommu) {
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
      before.freed = true;
      certainlyAllocated.remove(before);
      viommuOfDevice.values().removeIf(viommu -> viommu == before);
    }
  }

  /** PCI address of the device with this id; empty if the recording lacks its binding. */
  String address(long iommufd, long deviceId) {
    return addresses.getOrDefault(new Key(iommufd, deviceId), "");
  }

  /** PCI address of the device with this id; empty if no iommufd has it or several do. */
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
