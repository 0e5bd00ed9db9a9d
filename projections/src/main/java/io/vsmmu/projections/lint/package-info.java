/** Rules that find defects of guests, VMMs and hosts in a log. */
@NullMarked
package io.vsmmu.projections.lint;

import org.jspecify.annotations.NullMarked;
