/** Tests of {@code io.vsmmu.debugger.step}. */
@NullMarked
package io.vsmmu.debugger.step;

import org.jspecify.annotations.NullMarked;
