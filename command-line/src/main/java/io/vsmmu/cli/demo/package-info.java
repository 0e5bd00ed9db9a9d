/** The main job in one command: import, replay, verify, explain. */
@NullMarked
package io.vsmmu.cli.demo;

import org.jspecify.annotations.NullMarked;
