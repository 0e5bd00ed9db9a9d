/** Answers as text for people. */
@NullMarked
package io.vsmmu.control.cli.output;

import org.jspecify.annotations.NullMarked;
