/** Values of requests: numbers, StreamIDs, positions, instants, choices. */
@NullMarked
package io.vsmmu.control.rest.value;

import org.jspecify.annotations.NullMarked;
