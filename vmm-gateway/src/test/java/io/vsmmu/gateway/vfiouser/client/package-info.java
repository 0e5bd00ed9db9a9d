/** A scripted VMM: what tests of this and other modules talk to the server with. */
@NullMarked
package io.vsmmu.gateway.vfiouser.client;

import org.jspecify.annotations.NullMarked;
