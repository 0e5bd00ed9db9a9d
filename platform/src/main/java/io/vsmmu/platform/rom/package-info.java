/**
 * The expansion ROM of a vSMMU's PCI function. It tells a guest that boots with UEFI and ACPI the
 * address of its SMMUv3.
 */
@NullMarked
package io.vsmmu.platform.rom;

import org.jspecify.annotations.NullMarked;
