/** Health and metrics of the service. */
@NullMarked
package io.vsmmu.rest.health;

import org.jspecify.annotations.NullMarked;
