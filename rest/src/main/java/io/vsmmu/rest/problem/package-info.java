/** Failures of requests as problem details (RFC 9457). */
@NullMarked
package io.vsmmu.rest.problem;

import org.jspecify.annotations.NullMarked;
