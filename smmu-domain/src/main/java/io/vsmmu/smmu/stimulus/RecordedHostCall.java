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
public record RecordedHostCall(String name, String arguments, int entries, int result, long line) {}
