package io.vsmmu.projections.query;

import io.vsmmu.smmu.model.HostObject.Kind;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A host object and its lifetime.
 *
 * @param handle the vSMMU's logical handle of the object
 * @param from position of the event that created it
 * @param to position of the event that destroyed it, null while it exists
 * @param kernelId the kernel's id as reported last, null before the host has reported one
 * @param sid StreamID for which it was created as {@code 0x..}, null for an object of all streams
 * @param ste words 0 and 1 of the vSTE as {@code 0x..} for an HWPT that streams are attached to;
 *     else empty
 */
public record HostObjectItem(
    long handle,
    Kind kind,
    long from,
    @Nullable Long to,
    @Nullable Integer kernelId,
    @Nullable String sid,
    List<String> ste) {}
