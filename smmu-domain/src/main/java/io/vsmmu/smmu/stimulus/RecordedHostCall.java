package io.vsmmu.smmu.stimulus;

/**
 * A call that the recorded VMM made to its host.
 *
 * @param name the trace event's name
 * @param arguments the rest of the line
 * @param entries commands in the call, for an invalidation; else 0
 * @param result 0, or the negative result that the trace shows
 * @param line 1-based line of the trace
 */
public record RecordedHostCall(String name, String arguments, int entries, int result, long line) {

  /**
   * QEMU's trace event for an unmapping of what is not mapped, which QEMU does not take for a
   * failure (backends/iommufd.c, iommufd_backend_unmap_dma).
   */
  private static final String NOTHING_MAPPED = "iommufd_backend_unmap_dma_non_exist";

  /** The result of a system call that failed; several trace events show it instead of the errno. */
  private static final int SYSTEM_CALL_FAILED = -1;

  /** Whether the recorded VMM took the call for a failure. */
  public boolean failed() {
    return result != 0 && !name.equals(NOTHING_MAPPED);
  }

  /** Why it failed, as far as the trace shows it; for a call that failed. */
  public String failure() {
    return result == SYSTEM_CALL_FAILED
        ? "failed, the errno is not recorded"
        : HostErrno.text(Math.abs(result));
  }
}
