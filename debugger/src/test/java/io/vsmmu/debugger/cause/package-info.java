/** Tests of {@code io.vsmmu.debugger.cause}. */
@NullMarked
package io.vsmmu.debugger.cause;

import org.jspecify.annotations.NullMarked;
