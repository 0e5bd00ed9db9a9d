/** Text, tables, files and exit codes: what a user of the command line gets. */
@NullMarked
package io.vsmmu.cli.output;

import org.jspecify.annotations.NullMarked;
