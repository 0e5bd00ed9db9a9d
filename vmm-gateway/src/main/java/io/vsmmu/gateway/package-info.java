/** The ordered session of one vSMMU: what waits becomes one command, what is durable is applied. */
@NullMarked
package io.vsmmu.gateway;

import org.jspecify.annotations.NullMarked;
