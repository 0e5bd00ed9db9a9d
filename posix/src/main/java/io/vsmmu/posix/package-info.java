/**
 * The Linux system calls that a vfio-user server and a user of iommufd need, as closeable Java
 * objects, for x86-64 and aarch64. A failed call throws {@link io.vsmmu.posix.PosixException} or
 * returns the negated errno.
 */
@NullMarked
package io.vsmmu.posix;

import org.jspecify.annotations.NullMarked;
