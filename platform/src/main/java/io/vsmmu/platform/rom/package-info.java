/**
 * The expansion ROM of a vSMMU's PCI function, by which a guest that boots by UEFI and ACPI learns
 * where its SMMUv3 is.
 */
@NullMarked
package io.vsmmu.platform.rom;

import org.jspecify.annotations.NullMarked;
