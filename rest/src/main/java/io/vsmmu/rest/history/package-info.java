/** Queries of the log: events, states, streams, invalidations, findings, and the audit log. */
@NullMarked
package io.vsmmu.rest.history;

import org.jspecify.annotations.NullMarked;
