/** Streaming import of the trace logs that QEMU writes with {@code -trace ... -D file}. */
@NullMarked
package io.vsmmu.recordings.qemu;

import org.jspecify.annotations.NullMarked;
