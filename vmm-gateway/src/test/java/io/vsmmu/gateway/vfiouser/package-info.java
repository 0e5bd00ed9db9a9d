@NullMarked
package io.vsmmu.gateway.vfiouser;

import org.jspecify.annotations.NullMarked;
