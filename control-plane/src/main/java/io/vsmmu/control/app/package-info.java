/** Start-up and wiring of the service. */
@NullMarked
package io.vsmmu.control.app;

import org.jspecify.annotations.NullMarked;
