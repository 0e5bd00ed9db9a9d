/**
 * ACPI tables for a machine with vSMMUs: {@link io.vsmmu.platform.acpi.IortBuilder} for the I/O
 * Remapping Table, {@link io.vsmmu.platform.acpi.PreserveBootConfiguration} for _DSM function 5.
 * Sources: Arm DEN 0049E.d (IORT), ACPI 6.5 (table header, AML), PCI Firmware Specification 3.3
 * (_DSM). What iasl disassembles from them compiles to the same bytes.
 */
@NullMarked
package io.vsmmu.platform.acpi;

import org.jspecify.annotations.NullMarked;
