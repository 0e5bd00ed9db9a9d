/** Tests of the scripts that change the schema, of all modules. */
@NullMarked
package io.vsmmu.control.schema;

import org.jspecify.annotations.NullMarked;
