/**
 * The host behind the vSMMUs as its operator sees it: what stands in the way, and devices that come
 * as open descriptors.
 */
@NullMarked
package io.vsmmu.control.host;

import org.jspecify.annotations.NullMarked;
