/** What every changing request passes before its resource sees it: audit, size, idempotency. */
@NullMarked
package io.vsmmu.control.rest.intake;

import org.jspecify.annotations.NullMarked;
