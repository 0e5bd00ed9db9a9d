/** A log as a trace that ui.perfetto.dev opens. */
@NullMarked
package io.vsmmu.debugger.trace;

import org.jspecify.annotations.NullMarked;
