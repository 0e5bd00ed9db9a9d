/** The event database as one thing to open and close. */
@NullMarked
package io.vsmmu.db;

import org.jspecify.annotations.NullMarked;
