/**
 * Compares hosts with guests: proposes layouts of vSMMUs for devices, and says why a log cannot run
 * on a host.
 */
@NullMarked
package io.vsmmu.control.placement;

import org.jspecify.annotations.NullMarked;
