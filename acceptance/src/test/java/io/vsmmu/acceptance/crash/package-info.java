/** The parts of the service in a process that is killed at each boundary of the code. */
@NullMarked
package io.vsmmu.acceptance.crash;

import org.jspecify.annotations.NullMarked;
