/** Checks whether this machine can run the service with its own kernel as the host. */
@NullMarked
package io.vsmmu.cli.doctor;

import org.jspecify.annotations.NullMarked;
