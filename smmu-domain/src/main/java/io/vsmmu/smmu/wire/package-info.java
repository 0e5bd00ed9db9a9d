/**
 * The bytes of events and of state snapshots: tagged fields, versioned, readable for ever.
 *
 * <p>A payload is its revision (varint) followed by fields. A field is a key (varint, field number
 * &lt;&lt; 3 | wire type) and a value: wire type 0 a varint, 1 eight little-endian bytes, 2 a
 * length (varint) and that many bytes. Fields that hold 0, false, an empty string or an empty list
 * are not written; absent fields read as such. Unknown fields are skipped, so that later versions
 * may add some. Field numbers, type numbers and the numbers of enum constants are never given to
 * something else.
 *
 * <p>{@link io.vsmmu.smmu.wire.EventKind} lists every type of event with its fields.
 */
@NullMarked
package io.vsmmu.smmu.wire;

import org.jspecify.annotations.NullMarked;
