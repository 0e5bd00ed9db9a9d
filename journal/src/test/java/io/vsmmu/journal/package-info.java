@NullMarked
package io.vsmmu.journal;

import org.jspecify.annotations.NullMarked;
