/** Schema migrations. */
@NullMarked
package io.vsmmu.db.schema;

import org.jspecify.annotations.NullMarked;
