/** The command line against recorded answers of a service. */
@NullMarked
package io.vsmmu.cli;

import org.jspecify.annotations.NullMarked;
