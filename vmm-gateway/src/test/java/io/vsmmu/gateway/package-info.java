/** The session's promises about order, company, and a log or host that fails. */
@NullMarked
package io.vsmmu.gateway;

import org.jspecify.annotations.NullMarked;
