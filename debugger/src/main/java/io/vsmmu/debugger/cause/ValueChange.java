package io.vsmmu.debugger.cause;

import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The last change of a value at or before a point of a log, with values as {@code state} shows
 * them.
 *
 * @param value at the point; null if there is no such thing there
 * @param before the value before the event that set it; the same if it was never set
 * @param sequence of the event that set it; empty if it has been so from before the first event on
 * @param readableFrom sequence of the first event behind a part of the log that cannot be read, if
 *     the search ended there: the value has been so from this event on at least; else empty
 */
public record ValueChange(
    @Nullable Object value,
    @Nullable Object before,
    OptionalLong sequence,
    OptionalLong readableFrom) {}
