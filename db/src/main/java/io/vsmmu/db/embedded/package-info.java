/** PostgreSQL as a child process with a data directory that survives restarts. */
@NullMarked
package io.vsmmu.db.embedded;

import org.jspecify.annotations.NullMarked;
