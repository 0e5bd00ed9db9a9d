/**
 * An iommufd that a VMM owns: the VMM binds devices and maps the guest's RAM, and the nested
 * translation of those devices is made on the same iommufd by copies of its descriptors. Knows
 * neither the kernel nor the simulated host: both give a {@link io.vsmmu.host.vmm.SharedIommufd}.
 */
@NullMarked
package io.vsmmu.host.vmm;

import org.jspecify.annotations.NullMarked;
