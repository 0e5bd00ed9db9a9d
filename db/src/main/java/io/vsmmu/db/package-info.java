/** Opens and closes the event database with all of its parts. */
@NullMarked
package io.vsmmu.db;

import org.jspecify.annotations.NullMarked;
