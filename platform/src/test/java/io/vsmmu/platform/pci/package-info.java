/** Tests through the public door. */
@NullMarked
package io.vsmmu.platform.pci;

import org.jspecify.annotations.NullMarked;
