/** Tests of {@code io.vsmmu.debugger.timeline}. */
@NullMarked
package io.vsmmu.debugger.timeline;

import org.jspecify.annotations.NullMarked;
