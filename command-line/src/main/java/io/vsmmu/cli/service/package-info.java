/**
 * Starts the service in this process, and prepares its data directory, its port and its privileges.
 */
@NullMarked
package io.vsmmu.cli.service;

import org.jspecify.annotations.NullMarked;
