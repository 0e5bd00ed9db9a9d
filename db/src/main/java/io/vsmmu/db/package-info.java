/**
 * Opens and closes the event database with all of its parts, and migrates the schema of this module
 * and of others.
 */
@NullMarked
package io.vsmmu.db;

import org.jspecify.annotations.NullMarked;
