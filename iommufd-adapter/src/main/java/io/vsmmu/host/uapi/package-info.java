/**
 * The user interface of Linux's iommufd and of vfio's device files, as far as a vSMMU needs it:
 * structures as tables, operations as methods, refusals as values (include/uapi/linux/iommufd.h and
 * vfio.h of Linux 7.3). Nothing here keeps state beyond a descriptor; all system calls go through
 * {@link io.vsmmu.host.uapi.KernelCalls}.
 */
@NullMarked
package io.vsmmu.host.uapi;

import org.jspecify.annotations.NullMarked;
