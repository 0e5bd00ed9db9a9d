/** The service as a process of its own: what it makes, who gets in, and how it ends. */
@NullMarked
package io.vsmmu.acceptance.process;

import org.jspecify.annotations.NullMarked;
