/** Live vSMMUs: each has a session and objects on the host. */
@NullMarked
package io.vsmmu.control.session;

import org.jspecify.annotations.NullMarked;
