/**
 * The filters that requests pass before a controller: texts, origin, audit, size and pace of the
 * body, idempotency.
 */
@NullMarked
package io.vsmmu.rest.intake;

import org.jspecify.annotations.NullMarked;
