/** Tests through the public door. */
@NullMarked
package io.vsmmu.platform.vmm;

import org.jspecify.annotations.NullMarked;
