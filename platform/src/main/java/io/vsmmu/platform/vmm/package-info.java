/**
 * Command lines for QEMU and domain XML for libvirt that give a machine a {@link
 * io.vsmmu.platform.vmm.VmLayout} of vSMMUs. {@link io.vsmmu.platform.vmm.QemuFeature} and {@link
 * io.vsmmu.platform.vmm.LibvirtFeature} have the releases in which each option exists.
 */
@NullMarked
package io.vsmmu.platform.vmm;

import org.jspecify.annotations.NullMarked;
