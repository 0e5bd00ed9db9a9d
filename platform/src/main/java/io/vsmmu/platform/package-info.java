/**
 * What a virtual machine around a vSMMU is made of, as pure functions: no I/O, no clock. Input that
 * makes no sense is an {@link io.vsmmu.platform.Outcome.Refused}, never an exception.
 */
@NullMarked
package io.vsmmu.platform;

import org.jspecify.annotations.NullMarked;
