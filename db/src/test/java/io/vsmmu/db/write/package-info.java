/** What no caller of the writer can observe in a reasonable time. */
@NullMarked
package io.vsmmu.db.write;

import org.jspecify.annotations.NullMarked;
