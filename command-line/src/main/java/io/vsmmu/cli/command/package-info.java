/** The commands of {@code vsmmu}: one class each, with its options. */
@NullMarked
package io.vsmmu.cli.command;

import org.jspecify.annotations.NullMarked;
