/** The guest's RAM as the VMM shares it: by descriptor, by file, or by messages. */
@NullMarked
package io.vsmmu.vfiouser.memory;

import org.jspecify.annotations.NullMarked;
