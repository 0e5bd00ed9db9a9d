/** Capabilities of devices, without a service around them. */
@NullMarked
package io.vsmmu.control.rest.platform;

import org.jspecify.annotations.NullMarked;
