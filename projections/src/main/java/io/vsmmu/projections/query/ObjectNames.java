package io.vsmmu.projections.query;

import io.vsmmu.projections.view.Hex;
import io.vsmmu.smmu.model.HostObject;
import io.vsmmu.smmu.model.StreamState;
import io.vsmmu.smmu.model.VsmmuState;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Names the host objects of a state by what they are, such as {@code NESTED_HWPT of 0x900}, in
 * place of their handles, which count what one vSMMU has made: the same guest has other handles on
 * another host. An HWPT without a device behind a StreamID of its own is named after the first
 * stream that is attached to it; objects that would have the same name are numbered.
 */
final class ObjectNames {

  /** Members of a tree of the state that hold a handle. */
  private static final Set<String> HANDLES = Set.of("handle", "hwpt", "vdevice", "device");

  private static final String KERNEL_ID = "kernelId";

  private final Map<Long, String> names = new HashMap<>();

  ObjectNames(VsmmuState state) {
    Set<String> taken = new HashSet<>();
    for (HostObject object : state.objects().values()) {
      String name = name(state, object);
      String numbered = name;
      for (int i = 2; !taken.add(numbered); i++) {
        numbered = name + " (" + i + ")";
      }
      names.put(object.handle(), numbered);
    }
  }

  private static String name(VsmmuState state, HostObject object) {
    if (object.streamId() >= 0) {
      return object.kind() + " of " + Hex.of(object.streamId());
    }
    return switch (object.kind()) {
      case NESTED_HWPT ->
          state.streams().values().stream()
              .filter(stream -> stream.hwpt() == object.handle())
              .map(StreamState::streamId)
              .findFirst()
              .map(streamId -> object.kind() + " of " + Hex.of(streamId))
              .orElse(object.kind() + " of no stream");
      case IOAS,
          NESTING_PARENT,
          VIOMMU,
          ABORT_PROXY,
          BYPASS_PROXY,
          VEVENTQ,
          DEVICE,
          VDEVICE,
          HARDWARE_QUEUE ->
          object.kind().name();
    };
  }

  /** The tree with names in place of handles, and without kernel ids. */
  @Nullable Object named(@Nullable Object tree) {
    if (tree instanceof List<?> list) {
      return list.stream().map(this::named).toList();
    }
    if (!(tree instanceof Map<?, ?> map)) {
      return tree;
    }
    Map<String, @Nullable Object> named = new LinkedHashMap<>();
    map.forEach(
        (key, value) -> {
          String member = String.valueOf(key);
          if (HANDLES.contains(member) && value instanceof Long handle) {
            named.put(member, names.getOrDefault(handle, "no object"));
          } else if (!member.equals(KERNEL_ID)) {
            named.put(member, named(value));
          }
        });
    return named;
  }
}
