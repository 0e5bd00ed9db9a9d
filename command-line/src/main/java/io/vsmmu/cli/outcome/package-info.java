/** How a command ends: exit codes and failures that are told to the user. */
@NullMarked
package io.vsmmu.cli.outcome;

import org.jspecify.annotations.NullMarked;
