/**
 * Why something is as it is: what led to an event and what the guest saw of it, which event set a
 * value, what happened to an address.
 */
@NullMarked
package io.vsmmu.debugger.cause;

import org.jspecify.annotations.NullMarked;
