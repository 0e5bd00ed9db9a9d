/**
 * Extended capabilities for an image of a PCI function's configuration space: reading the list, and
 * {@link io.vsmmu.platform.pci.CapabilityInsertion putting one into it}. Source: PCI Express Base
 * Specification 6.0, 7.6 to 7.9.
 */
@NullMarked
package io.vsmmu.platform.pci;

import org.jspecify.annotations.NullMarked;
