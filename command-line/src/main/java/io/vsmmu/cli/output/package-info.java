/** Answers as text for people. */
@NullMarked
package io.vsmmu.cli.output;

import org.jspecify.annotations.NullMarked;
