/**
 * VMMs that own the devices behind vSMMUs: receives their descriptors, attaches their devices when
 * they are bound and detaches them when they are unplugged.
 */
@NullMarked
package io.vsmmu.control.vmm;

import org.jspecify.annotations.NullMarked;
