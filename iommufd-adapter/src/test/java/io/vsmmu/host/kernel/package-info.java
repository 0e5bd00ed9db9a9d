/** Tests of the running kernel as a host, and the rules of every host under it. */
@NullMarked
package io.vsmmu.host.kernel;

import org.jspecify.annotations.NullMarked;
