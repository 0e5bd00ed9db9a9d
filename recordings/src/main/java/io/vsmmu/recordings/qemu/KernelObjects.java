package io.vsmmu.recordings.qemu;

import io.vsmmu.smmu.stimulus.RecordedHostCall;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
    private @Nullable SmmuTrack owner;
    private List<RecordedHostCall> held = new ArrayList<>();

    @Nullable SmmuTrack owner() {
      return owner;
    }

    /** Makes {@code track} the owner; gives back the calls that waited for one. */
    List<RecordedHostCall> own(SmmuTrack track) {
      owner = track;
      return takeHeld();
    }

    boolean hold(RecordedHostCall call) {
      return held.size() < TraceLimits.HELD_HOST_CALLS && held.add(call);
    }

    List<RecordedHostCall> takeHeld() {
      List<RecordedHostCall> taken = held;
      held = new ArrayList<>();
      return taken;
    }
  }

  private final Map<Key, Viommu> viommuOf = bounded();
  private final Map<Key, String> addresses = bounded();
  private final Map<String, Viommu> viommuOfDevice = bounded();
  private final List<Viommu> viommus = new ArrayList<>();

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

  /** Takes note of {@code call}; the vIOMMU it concerns, null if none or not known. */
  @Nullable Viommu apply(TraceLine.HostCall call) {
    if (call.result() != 0) {
      return concerned(call);
    }
    switch (call.kind()) {
      case BIND -> {
        Key key = new Key(call.iommufd(), call.id());
        forget(key);
        addresses.put(key, call.address());
        viommuOfDevice.remove(call.address());
      }
      case ALLOC_VIOMMU -> allocViommu(call);
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
      case INVALIDATE, ATTACH, DEVICE, OTHER -> {}
    }
    return concerned(call);
  }

  private void allocViommu(TraceLine.HostCall call) {
    Key key = new Key(call.iommufd(), call.id());
    forget(key);
    Viommu viommu = new Viommu();
    viommuOf.put(key, viommu);
    if (viommus.size() < TraceLimits.VSMMUS) {
      viommus.add(viommu);
    }
    deviceBelongs(call, viommu);
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
      case BIND, ATTACH, DEVICE -> viommuOfDevice.get(call.address());
      case OTHER -> null;
    };
  }

  private void forget(Key key) {
    viommuOf.remove(key);
    addresses.remove(key);
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
