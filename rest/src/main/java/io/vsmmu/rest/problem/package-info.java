/** Everything that goes wrong, as RFC 9457 problem details. */
@NullMarked
package io.vsmmu.rest.problem;

import org.jspecify.annotations.NullMarked;
