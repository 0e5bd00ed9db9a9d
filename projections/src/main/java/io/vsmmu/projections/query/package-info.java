/** Queries of operators about logs. */
@NullMarked
package io.vsmmu.projections.query;

import org.jspecify.annotations.NullMarked;
