/**
 * The event log as its readers see it: events, the hash chain, vSMMU registry, snapshots,
 * verification.
 */
@NullMarked
package io.vsmmu.db.log;

import org.jspecify.annotations.NullMarked;
