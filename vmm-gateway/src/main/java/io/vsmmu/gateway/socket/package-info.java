/** The Unix sockets to which VMMs connect: one for each vSMMU, with one VMM at a time. */
@NullMarked
package io.vsmmu.gateway.socket;

import org.jspecify.annotations.NullMarked;
