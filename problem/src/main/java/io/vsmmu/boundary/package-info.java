/** The named steps between which the process may die, and the one place that a test hooks into. */
@NullMarked
package io.vsmmu.boundary;

import org.jspecify.annotations.NullMarked;
