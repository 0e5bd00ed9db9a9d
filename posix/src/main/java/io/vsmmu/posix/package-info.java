/**
 * The Linux system calls that a vfio-user server and a user of iommufd need, as closeable Java
 * objects. x86-64 and aarch64.
 */
@NullMarked
package io.vsmmu.posix;

import org.jspecify.annotations.NullMarked;
