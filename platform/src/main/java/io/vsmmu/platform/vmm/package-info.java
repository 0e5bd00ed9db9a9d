/**
 * What to tell a VMM so that a machine has a given layout of vSMMUs: command lines for QEMU, domain
 * XML for libvirt. {@link io.vsmmu.platform.vmm.QemuFeature} and {@link
 * io.vsmmu.platform.vmm.LibvirtFeature} say which release has which option.
 */
@NullMarked
package io.vsmmu.platform.vmm;

import org.jspecify.annotations.NullMarked;
