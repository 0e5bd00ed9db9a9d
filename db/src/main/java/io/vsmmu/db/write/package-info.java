/**
 * The one writer of the event log: group commit, gapless positions, recovery after a lost
 * connection.
 */
@NullMarked
package io.vsmmu.db.write;

import org.jspecify.annotations.NullMarked;
