/**
 * The session of one vSMMU: it puts stimuli into one order, has them decided and made durable, and
 * applies them to the host. {@link io.vsmmu.gateway.GuestSession} is the entry.
 */
@NullMarked
package io.vsmmu.gateway;

import org.jspecify.annotations.NullMarked;
