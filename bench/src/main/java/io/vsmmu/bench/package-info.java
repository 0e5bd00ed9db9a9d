/** The goals of the store and the command path, measured side by side in one run. */
@NullMarked
package io.vsmmu.bench;

import org.jspecify.annotations.NullMarked;
