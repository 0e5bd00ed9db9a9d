/** The host behind the vSMMUs as its operator sees it, with real sockets and descriptors. */
@NullMarked
package io.vsmmu.control.host;

import org.jspecify.annotations.NullMarked;
