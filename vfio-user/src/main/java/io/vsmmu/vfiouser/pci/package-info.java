/** The configuration space of the function. */
@NullMarked
package io.vsmmu.vfiouser.pci;

import org.jspecify.annotations.NullMarked;
