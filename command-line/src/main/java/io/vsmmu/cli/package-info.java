/** The command line. Nothing here loads Spring, except when the service itself is started. */
@NullMarked
package io.vsmmu.cli;

import org.jspecify.annotations.NullMarked;
