/** What the command line sends to a service, tested from inside. */
@NullMarked
package io.vsmmu.cli.client;

import org.jspecify.annotations.NullMarked;
