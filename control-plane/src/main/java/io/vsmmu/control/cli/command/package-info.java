/** Commands that ask a running service. */
@NullMarked
package io.vsmmu.control.cli.command;

import org.jspecify.annotations.NullMarked;
