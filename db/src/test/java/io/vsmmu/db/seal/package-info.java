@NullMarked
package io.vsmmu.db.seal;

import org.jspecify.annotations.NullMarked;
