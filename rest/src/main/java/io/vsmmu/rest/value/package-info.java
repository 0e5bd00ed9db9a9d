/** Values of requests: numbers, points of the log, names of constants, pages. */
@NullMarked
package io.vsmmu.rest.value;

import org.jspecify.annotations.NullMarked;
