@NullMarked
package io.vsmmu.gateway.socket;

import org.jspecify.annotations.NullMarked;
