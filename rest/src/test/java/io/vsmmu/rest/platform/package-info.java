/** Capabilities of devices, without a service around them. */
@NullMarked
package io.vsmmu.rest.platform;

import org.jspecify.annotations.NullMarked;
