/** What requests pass before their resources, tested from inside. */
@NullMarked
package io.vsmmu.rest.intake;

import org.jspecify.annotations.NullMarked;
