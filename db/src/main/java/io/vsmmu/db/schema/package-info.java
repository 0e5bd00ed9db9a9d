/** Migration of the database schema, for this module and for others that keep tables. */
@NullMarked
package io.vsmmu.db.schema;

import org.jspecify.annotations.NullMarked;
