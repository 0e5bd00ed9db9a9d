package io.vsmmu.smmu.stimulus;

/**
 * A call that the recorded VMM made to its host.
 *
 * @param name the trace event's name
 * @param arguments the rest of the line
 * @param entries commands in the call, for an invalidation; else 0
 * @param result 0, or the negative result that the trace shows
 * @param line 1-based line of the trace
 * @param timeMicros when the line was printed, which QEMU does when the call has returned, in
 *     microseconds since 1970 or since the start of the trace's clock; {@link #NO_TIME} if the
 *     trace has no times. How long the call took is in no trace
 */
public record RecordedHostCall(
    String name, String arguments, int entries, int result, long line, long timeMicros) {

  /** The time of a call whose line has none. */
  public static final long NO_TIME = -1;

  /**
   * QEMU's trace event for an unmapping of what is not mapped, which QEMU does not take for a
   * failure (backends/iommufd.c, iommufd_backend_unmap_dma).
   */
  private static final String NOTHING_MAPPED = "iommufd_backend_unmap_dma_non_exist";

  /** The result of a system call that failed; several trace events show it instead of the errno. */
  private static final int SYSTEM_CALL_FAILED = -1;

  /** A call whose line has no time. */
  public RecordedHostCall(String name, String arguments, int entries, int result, long line) {
    this(name, arguments, entries, result, line, NO_TIME);
  }

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
