/**
 * Reading the event log: events, the hash chain and its verification, the registry of vSMMUs, and
 * snapshots.
 */
@NullMarked
package io.vsmmu.db.log;

import org.jspecify.annotations.NullMarked;
