package io.vsmmu.host;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The operations of {@link HostIommu} and {@link IommuContext}, for journals, logs and fault plans.
 */
public enum IommuCall {
  /** {@link HostIommu#open}. */
  OPEN("open", "open(/dev/iommu)"),
  /** {@link IommuContext#bind}. */
  BIND("bind", "VFIO_DEVICE_BIND_IOMMUFD", "address"),
  /** {@link IommuContext#unbind}. */
  UNBIND("unbind", "close(/dev/vfio/devices/vfioN)", "dev_id"),
  /** {@link IommuContext#hwInfo}. */
  HW_INFO("hw_info", "IOMMU_GET_HW_INFO", "dev_id"),
  /** {@link IommuContext#allocIoas}. */
  ALLOC_IOAS("alloc_ioas", "IOMMU_IOAS_ALLOC"),
  /** {@link IommuContext#map}. */
  MAP("map", "IOMMU_IOAS_MAP(_FILE)", "ioas_id", "iova", "length", "access", "source"),
  /** {@link IommuContext#unmap}. */
  UNMAP("unmap", "IOMMU_IOAS_UNMAP", "ioas_id", "iova", "length"),
  /** {@link IommuContext#allocNestingParent}. */
  ALLOC_NESTING_PARENT(
      "alloc_nesting_parent", "IOMMU_HWPT_ALLOC(NEST_PARENT)", "dev_id", "ioas_id"),
  /** {@link IommuContext#allocViommu}. */
  ALLOC_VIOMMU("alloc_viommu", "IOMMU_VIOMMU_ALLOC", "dev_id", "hwpt_id", "type"),
  /** {@link IommuContext#hardwareQueues}. */
  HARDWARE_QUEUES("hardware_queues", "IOMMU_GET_HW_INFO(TEGRA241_CMDQV)", "dev_id"),
  /** {@link IommuContext#allocHwQueue}. */
  ALLOC_HW_QUEUE("alloc_hw_queue", "IOMMU_HW_QUEUE_ALLOC", "viommu_id", "index", "iova", "length"),
  /** {@link IommuContext#allocVdevice}. */
  ALLOC_VDEVICE("alloc_vdevice", "IOMMU_VDEVICE_ALLOC", "viommu_id", "dev_id", "virt_id"),
  /** {@link IommuContext#allocNestedHwpt}. */
  ALLOC_NESTED_HWPT(
      "alloc_nested_hwpt", "IOMMU_HWPT_ALLOC", "dev_id", "viommu_id", "flags", "ste0", "ste1"),
  /** {@link IommuContext#attach}. */
  ATTACH("attach", "VFIO_DEVICE_ATTACH_IOMMUFD_PT", "dev_id", "pt_id"),
  /** {@link IommuContext#detach}. */
  DETACH("detach", "VFIO_DEVICE_DETACH_IOMMUFD_PT", "dev_id"),
  /** {@link IommuContext#destroy}. */
  DESTROY("destroy", "IOMMU_DESTROY", "id"),
  /** {@link IommuContext#invalidate}. */
  INVALIDATE("invalidate", "IOMMU_HWPT_INVALIDATE", "viommu_id", "entries"),
  /** {@link IommuContext#allocVeventq}. */
  ALLOC_VEVENTQ("alloc_veventq", "IOMMU_VEVENTQ_ALLOC", "viommu_id", "type", "depth"),
  /** {@link IommuContext#pollVevents}. */
  POLL_VEVENTS("poll_vevents", "poll(veventq)", "veventq_id", "timeout"),
  /** {@link IommuContext#readVevents}. */
  READ_VEVENTS("read_vevents", "read(veventq)", "veventq_id", "max"),
  /** {@link IommuContext#closeVeventq}. */
  CLOSE_VEVENTQ("close_veventq", "close(veventq)", "veventq_id"),
  /** {@link IommuContext#close}. */
  CLOSE("close", "close(/dev/iommu)");

  private final String text;
  private final String systemCall;
  private final List<String> arguments;

  IommuCall(String text, String systemCall, String... arguments) {
    this.text = text;
    this.systemCall = systemCall;
    this.arguments = List.of(arguments);
  }

  /** The name used in texts, lower case with underscores. */
  public String text() {
    return text;
  }

  /** The ioctl or system call behind it. */
  public String systemCall() {
    return systemCall;
  }

  /** Names of its arguments in order. */
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

  /** Whether it is asked again and again by whoever waits for faults. */
  public boolean waits() {
    return this == POLL_VEVENTS || this == READ_VEVENTS;
  }

  /** The operation of this {@link #text}. */
  public static Optional<IommuCall> ofText(String text) {
    return Arrays.stream(values()).filter(operation -> operation.text.equals(text)).findFirst();
  }
}
