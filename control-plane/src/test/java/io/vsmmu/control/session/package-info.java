/** Operators, guests, the log and a simulated host together, restarts included. */
@NullMarked
package io.vsmmu.control.session;

import org.jspecify.annotations.NullMarked;
