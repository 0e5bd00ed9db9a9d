/** The service's HTTP interface as seen by the command line. */
@NullMarked
package io.vsmmu.control.cli.client;

import org.jspecify.annotations.NullMarked;
