/** Compares two logs, or two parts of one: aligns them by the guest's accesses. */
@NullMarked
package io.vsmmu.debugger.compare;

import org.jspecify.annotations.NullMarked;
