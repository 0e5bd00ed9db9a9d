@NullMarked
package io.vsmmu.vfiouser;

import org.jspecify.annotations.NullMarked;
