/** What every changing request passes before its resource sees it: audit, size, idempotency. */
@NullMarked
package io.vsmmu.rest.intake;

import org.jspecify.annotations.NullMarked;
