/** Tests of {@code io.vsmmu.debugger.trace}. */
@NullMarked
package io.vsmmu.debugger.trace;

import org.jspecify.annotations.NullMarked;
