package io.vsmmu.recordings.qemu;

import static io.vsmmu.recordings.qemu.TraceLine.NONE;

import io.vsmmu.recordings.qemu.TraceLine.HostCall;
import io.vsmmu.recordings.qemu.TraceLine.HostCallKind;
import java.nio.charset.StandardCharsets;

/**
 * Parses the iommufd_* lines: the VMM's calls to the host's iommufd, as QEMU's
 * backends/trace-events and hw/vfio/trace-events print them.
 */
final class HostCallLexer {

  private static final FieldKey IOMMUFD = new FieldKey("iommufd=");
  private static final FieldKey DEVICE = new FieldKey("device ");
  private static final FieldKey DETACHED = new FieldKey("detached ");
  private static final FieldKey DEVID = new FieldKey("devid=");
  private static final FieldKey DEV_ID = new FieldKey("dev_id=");
  private static final FieldKey PT_ID = new FieldKey("pt_id=");
  private static final FieldKey OUT_HWPT = new FieldKey("out_hwpt=");
  private static final FieldKey VIOMMU_ID = new FieldKey("viommu_id=");
  private static final FieldKey VIRT_ID = new FieldKey("virt_id=");
  private static final FieldKey VDEV_ID = new FieldKey("vdev_id=");
  private static final FieldKey VEVENTQ_ID = new FieldKey("veventq_id=");
  private static final FieldKey ENTRY_NUM = new FieldKey("entry_num=");
  private static final FieldKey ID = new FieldKey(" id=");
  private static final FieldKey TO_ID = new FieldKey("to id=");

  private String name = "";
  private String arguments = "";

  HostCall read(TraceEvent event, byte[] line, TraceFields text) {
    name = event.eventName();
    arguments = text.rest();
    int result = text.trailingResult();
    int start = text.position();
    return switch (event) {
      case IOMMUFD_CDEV_CONNECT_AND_BIND -> bind(text);
      case IOMMUFD_BACKEND_ALLOC_VIOMMU -> {
        long iommufd = text.number(IOMMUFD);
        // Older versions print type before dev_id; both are printed before viommu_id.
        long device = text.number(DEV_ID);
        yield call(
            HostCallKind.ALLOC_VIOMMU, iommufd, text.number(VIOMMU_ID), device, NONE, NONE, result);
      }
      case IOMMUFD_BACKEND_ALLOC_VDEV -> {
        long iommufd = text.number(IOMMUFD);
        long device = text.number(DEV_ID);
        long viommu = text.number(VIOMMU_ID);
        long stream = text.number(VIRT_ID);
        long id = text.number(VDEV_ID);
        yield call(HostCallKind.ALLOC_VDEVICE, iommufd, id, device, viommu, stream, result);
      }
      case IOMMUFD_BACKEND_ALLOC_HWPT -> {
        long iommufd = text.number(IOMMUFD);
        long device = text.number(DEV_ID);
        long parent = text.number(PT_ID);
        long id = text.number(OUT_HWPT);
        yield call(HostCallKind.ALLOC_HWPT, iommufd, id, device, parent, NONE, result);
      }
      case IOMMUFD_VIOMMU_ALLOC_EVENTQ -> {
        long iommufd = text.number(IOMMUFD);
        long viommu = text.number(VIOMMU_ID);
        long id = text.number(VEVENTQ_ID);
        yield call(HostCallKind.ALLOC_VEVENTQ, iommufd, id, NONE, viommu, NONE, result);
      }
      case IOMMUFD_BACKEND_INVALIDATE_CACHE -> {
        long iommufd = text.number(IOMMUFD);
        long viommu = text.number(ID);
        int entries = text.int32(ENTRY_NUM);
        yield new HostCall(
            HostCallKind.INVALIDATE,
            name,
            arguments,
            iommufd,
            NONE,
            NONE,
            viommu,
            NONE,
            "",
            entries,
            result);
      }
      case IOMMUFD_BACKEND_FREE_ID -> {
        long iommufd = text.number(IOMMUFD);
        yield call(HostCallKind.FREE, iommufd, text.number(ID), NONE, NONE, NONE, result);
      }
      case IOMMUFD_CDEV_ATTACH_IOAS_HWPT, IOMMUFD_CDEV_PASID_ATTACH_IOAS_HWPT -> {
        long iommufd = text.number(IOMMUFD);
        String address = text.word(DEVICE);
        yield ofDevice(HostCallKind.ATTACH, iommufd, NONE, text.number(TO_ID), address);
      }
      case IOMMUFD_CDEV_DETACH_IOAS_HWPT, IOMMUFD_CDEV_PASID_DETACH_IOAS_HWPT -> {
        long iommufd = text.number(IOMMUFD);
        yield ofDevice(HostCallKind.DETACH, iommufd, NONE, NONE, text.word(DETACHED));
      }
      case IOMMUFD_CDEV_DEVICE_INFO ->
          ofDevice(HostCallKind.DEVICE, NONE, NONE, NONE, firstWord(line, start, text));
      default -> call(HostCallKind.OTHER, NONE, NONE, NONE, NONE, NONE, result);
    };
  }

  /** An iommufd_* event whose identifiers the import does not need. */
  HostCall other(String event, TraceFields text) {
    name = event;
    arguments = text.rest();
    return call(HostCallKind.OTHER, NONE, NONE, NONE, NONE, NONE, text.trailingResult());
  }

  private HostCall bind(TraceFields text) {
    long iommufd = text.number(IOMMUFD);
    String address = text.word(DEVICE);
    long id = text.number(DEVID);
    return ofDevice(HostCallKind.BIND, iommufd, id, NONE, address);
  }

  /** A call that names its device by the PCI address, and whose result QEMU does not print. */
  private HostCall ofDevice(HostCallKind kind, long iommufd, long id, long parent, String address) {
    return new HostCall(kind, name, arguments, iommufd, id, id, parent, NONE, address, 0, 0);
  }

  private HostCall call(
      HostCallKind kind, long iommufd, long id, long device, long parent, long stream, int result) {
    return new HostCall(kind, name, arguments, iommufd, id, device, parent, stream, "", 0, result);
  }

  private static String firstWord(byte[] line, int from, TraceFields text) {
    int start = from;
    while (start < text.end() && line[start] == ' ') {
      start++;
    }
    int end = start;
    while (end < text.end() && line[end] != ' ') {
      end++;
    }
    return new String(line, start, end - start, StandardCharsets.UTF_8);
  }
}
