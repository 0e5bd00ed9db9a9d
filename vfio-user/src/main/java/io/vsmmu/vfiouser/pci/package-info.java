/**
 * What a guest sees of a function on its PCI bus before it touches a register: the configuration
 * space.
 */
@NullMarked
package io.vsmmu.vfiouser.pci;

import org.jspecify.annotations.NullMarked;
