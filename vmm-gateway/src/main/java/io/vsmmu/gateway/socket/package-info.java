/** The Unix sockets that VMMs connect to: one a vSMMU, one VMM at a time. */
@NullMarked
package io.vsmmu.gateway.socket;

import org.jspecify.annotations.NullMarked;
