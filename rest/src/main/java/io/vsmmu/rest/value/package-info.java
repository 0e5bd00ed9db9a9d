/** Values of requests: numbers, StreamIDs, positions, instants, choices. */
@NullMarked
package io.vsmmu.rest.value;

import org.jspecify.annotations.NullMarked;
