/** Everything that goes wrong, as RFC 9457 problem details. */
@NullMarked
package io.vsmmu.control.rest.problem;

import org.jspecify.annotations.NullMarked;
