/** A scripted VMM: what tests of other modules talk to the server with. */
@NullMarked
package io.vsmmu.scripted.vmm;

import org.jspecify.annotations.NullMarked;
