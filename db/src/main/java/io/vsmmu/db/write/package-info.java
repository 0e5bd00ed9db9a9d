/**
 * Writing the event log: one writer with group commit, positions without holes, and recovery after
 * a lost connection.
 */
@NullMarked
package io.vsmmu.db.write;

import org.jspecify.annotations.NullMarked;
