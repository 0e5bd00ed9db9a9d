/**
 * The port on the running kernel: SMMUs and devices from sysfs, objects through {@link
 * io.vsmmu.host.uapi}, the kernel's features, and the reasons why a device cannot be used.
 */
@NullMarked
package io.vsmmu.host.kernel;

import org.jspecify.annotations.NullMarked;
