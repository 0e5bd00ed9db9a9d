/** The service's HTTP interface as seen by the command line. */
@NullMarked
package io.vsmmu.cli.client;

import org.jspecify.annotations.NullMarked;
