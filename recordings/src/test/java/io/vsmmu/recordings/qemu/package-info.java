/** Tests of the import of QEMU traces. */
@NullMarked
package io.vsmmu.recordings.qemu;

import org.jspecify.annotations.NullMarked;
