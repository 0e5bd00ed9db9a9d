/** The command line against recorded answers of a service. */
@NullMarked
package io.vsmmu.control.cli;

import org.jspecify.annotations.NullMarked;
