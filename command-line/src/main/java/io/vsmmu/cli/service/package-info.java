/** The command that is the service, and what it needs of this machine. */
@NullMarked
package io.vsmmu.cli.service;

import org.jspecify.annotations.NullMarked;
