@NullMarked
package io.vsmmu.gateway.device;

import org.jspecify.annotations.NullMarked;
