/**
 * The extended capabilities in an image of a PCI function's configuration space: reads their list
 * and {@linkplain io.vsmmu.platform.pci.CapabilityInsertion inserts} a PASID capability. Source:
 * PCI Express Base Specification 6.0, 7.6 to 7.9.
 */
@NullMarked
package io.vsmmu.platform.pci;

import org.jspecify.annotations.NullMarked;
