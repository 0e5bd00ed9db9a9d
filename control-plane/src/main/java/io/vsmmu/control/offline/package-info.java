/** A vSMMU without a session, and hosts to which a log is applied: for imports and replays. */
@NullMarked
package io.vsmmu.control.offline;

import org.jspecify.annotations.NullMarked;
