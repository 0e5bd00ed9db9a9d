@NullMarked
package io.vsmmu.transparency;

import org.jspecify.annotations.NullMarked;
