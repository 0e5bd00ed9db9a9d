/**
 * Measures the performance goals of the log and of the command path; each figure is a ratio to a
 * reference that is measured in the same run. See bench/README.md.
 */
@NullMarked
package io.vsmmu.bench;

import org.jspecify.annotations.NullMarked;
