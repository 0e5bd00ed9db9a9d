package io.vsmmu.projections.query;

import io.vsmmu.smmu.model.HostObject.Kind;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A host object and its life.
 *
 * @param handle logical handle
 * @param from position of the event that made it
 * @param to position of the event that ended it, null while it lives
 * @param kernelId the kernel's id as last reported, null while the host has not answered
 * @param sid the stream it was made for, null for shared ones
 * @param ste the vSTE's words as {@code 0x..}, for HWPTs that a stream can be attached to
 */
public record HostObjectItem(
    long handle,
    Kind kind,
    long from,
    @Nullable Long to,
    @Nullable Integer kernelId,
    @Nullable String sid,
    List<String> ste) {}
