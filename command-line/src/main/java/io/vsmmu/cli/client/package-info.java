/** The service's HTTP interface and its socket for descriptors, as the command line uses them. */
@NullMarked
package io.vsmmu.cli.client;

import org.jspecify.annotations.NullMarked;
