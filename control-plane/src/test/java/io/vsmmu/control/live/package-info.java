/** Live guests: a scripted VMM and guest at a real socket, with a real log and a simulated host. */
@NullMarked
package io.vsmmu.control.live;

import org.jspecify.annotations.NullMarked;
