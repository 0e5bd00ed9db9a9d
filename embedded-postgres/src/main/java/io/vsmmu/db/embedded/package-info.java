/** PostgreSQL as a supervised child process, on a data directory that survives restarts. */
@NullMarked
package io.vsmmu.db.embedded;

import org.jspecify.annotations.NullMarked;
