/** Start-up and wiring of the service. */
@NullMarked
package io.vsmmu.rest.app;

import org.jspecify.annotations.NullMarked;
