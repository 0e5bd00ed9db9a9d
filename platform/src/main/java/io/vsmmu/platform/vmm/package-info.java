/**
 * What to tell a VMM so that a machine has a given layout of vSMMUs: command lines for QEMU, domain
 * XML for libvirt. Options as QEMU 11.1 and libvirt 12 document them.
 */
@NullMarked
package io.vsmmu.platform.vmm;

import org.jspecify.annotations.NullMarked;
