/** What requests pass before their resources, tested from inside. */
@NullMarked
package io.vsmmu.control.rest.intake;

import org.jspecify.annotations.NullMarked;
