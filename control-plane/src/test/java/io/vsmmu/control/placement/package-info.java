/** Layouts and comparisons, without a service around them. */
@NullMarked
package io.vsmmu.control.placement;

import org.jspecify.annotations.NullMarked;
