/**
 * The command {@code demo}: starts a service, imports a recording, replays it and explains the
 * result.
 */
@NullMarked
package io.vsmmu.cli.demo;

import org.jspecify.annotations.NullMarked;
