/** Commands that ask a running service. */
@NullMarked
package io.vsmmu.cli.command;

import org.jspecify.annotations.NullMarked;
