/** Live vSMMUs: one session and one set of host objects each. */
@NullMarked
package io.vsmmu.control.session;

import org.jspecify.annotations.NullMarked;
