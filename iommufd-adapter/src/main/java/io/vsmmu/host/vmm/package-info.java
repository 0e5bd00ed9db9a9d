/**
 * An iommufd that a VMM owns: the VMM binds devices and maps the guest's RAM, and the nested
 * translation of those devices is made on the same iommufd through copies of its descriptors. The
 * package depends on neither the kernel nor the simulated host: both implement {@link
 * io.vsmmu.host.vmm.SharedIommufd}.
 */
@NullMarked
package io.vsmmu.host.vmm;

import org.jspecify.annotations.NullMarked;
