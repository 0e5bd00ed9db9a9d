/**
 * The Linux system calls that a vfio-user server needs, as closeable Java objects. x86-64 and
 * aarch64.
 */
@NullMarked
package io.vsmmu.posix;

import org.jspecify.annotations.NullMarked;
