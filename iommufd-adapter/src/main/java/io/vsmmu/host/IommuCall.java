package io.vsmmu.host;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The operations of {@link HostIommu} and {@link IommuContext}, for records of calls, logs and
 * fault plans: each constant is the method of its name.
 */
public enum IommuCall {
  OPEN("open"),
  BIND("bind", "address"),
  UNBIND("unbind", "dev_id"),
  HW_INFO("hw_info", "dev_id"),
  ALLOC_IOAS("alloc_ioas"),
  MAP("map", "ioas_id", "iova", "length", "access", "source"),
  UNMAP("unmap", "ioas_id", "iova", "length"),
  ALLOC_NESTING_PARENT("alloc_nesting_parent", "dev_id", "ioas_id"),
  ALLOC_VIOMMU("alloc_viommu", "dev_id", "hwpt_id", "type"),
  HARDWARE_QUEUES("hardware_queues", "dev_id"),
  ALLOC_HW_QUEUE("alloc_hw_queue", "viommu_id", "index", "iova", "length"),
  ALLOC_VDEVICE("alloc_vdevice", "viommu_id", "dev_id", "virt_id"),
  ALLOC_NESTED_HWPT("alloc_nested_hwpt", "dev_id", "viommu_id", "flags", "ste0", "ste1"),
  ATTACH("attach", "dev_id", "pt_id"),
  DETACH("detach", "dev_id"),
  DESTROY("destroy", "id"),
  INVALIDATE("invalidate", "viommu_id", "entries"),
  ALLOC_VEVENTQ("alloc_veventq", "viommu_id", "type", "depth"),
  POLL_VEVENTS("poll_vevents", "veventq_id", "timeout"),
  READ_VEVENTS("read_vevents", "veventq_id", "max"),
  CLOSE_VEVENTQ("close_veventq", "veventq_id"),
  CLOSE("close");

  private final String text;
  private final List<String> arguments;

  IommuCall(String text, String... arguments) {
    this.text = text;
    this.arguments = List.of(arguments);
  }

  /** The name used in texts, lower case with underscores. */
  public String text() {
    return text;
  }

  /** Names of the operation's arguments in order. */
  public List<String> arguments() {
    return arguments;
  }

  /** Whether the operation can be refused: a close(2) cannot. */
  public boolean canFail() {
    return switch (this) {
      case UNBIND, CLOSE_VEVENTQ, CLOSE -> false;
      default -> true;
    };
  }

  /** Whether a thread that waits for faults repeats this operation all the time. */
  public boolean waits() {
    return this == POLL_VEVENTS || this == READ_VEVENTS;
  }

  public static Optional<IommuCall> ofText(String text) {
    return Arrays.stream(values()).filter(operation -> operation.text.equals(text)).findFirst();
  }
}
