/** Tests through the public door. */
@NullMarked
package io.vsmmu.platform.acpi;

import org.jspecify.annotations.NullMarked;
