/**
 * VMMs that own the devices behind vSMMUs: their descriptors are received, their devices are
 * attached when they are bound and detached when they are gone.
 */
@NullMarked
package io.vsmmu.control.vmm;

import org.jspecify.annotations.NullMarked;
