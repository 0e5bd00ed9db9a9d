package io.vsmmu.smmu.model;

/**
 * An object of the host's iommufd that the log accounts for.
 *
 * @param handle logical handle, never reused within a vSMMU
 * @param kernelId the kernel's id as last reported, or 0 while the host has not answered
 * @param streamId the stream it was made for, or -1
 * @param word0 first word of the vSTE of a HWPT; address of a hardware queue; else 0
 * @param word1 second word of the vSTE of a HWPT; bytes of a hardware queue; else 0
 * @param since sequence of the event that asked for it
 */
public record HostObject(
    long handle, Kind kind, int kernelId, int streamId, long word0, long word1, long since) {

  public enum Kind {
    IOAS,
    NESTING_PARENT,
    VIOMMU,
    ABORT_PROXY,
    BYPASS_PROXY,
    VEVENTQ,
    DEVICE,
    VDEVICE,
    NESTED_HWPT,
    HARDWARE_QUEUE
  }

  /** The vSTE of the abort proxy, word 0: valid, Config = abort. */
  public static final long ABORT_WORD0 = 0x1;

  /** The vSTE of the bypass proxy, word 0: valid, Config = bypass. */
  public static final long BYPASS_WORD0 = 0x9;

  HostObject withKernelId(int id) {
    return new HostObject(handle, kind, id, streamId, word0, word1, since);
  }
}
