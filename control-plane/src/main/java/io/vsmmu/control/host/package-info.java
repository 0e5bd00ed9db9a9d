/**
 * The host behind the vSMMUs as its operator sees it: its problems, and devices that are handed
 * over as open descriptors.
 */
@NullMarked
package io.vsmmu.control.host;

import org.jspecify.annotations.NullMarked;
