@NullMarked
package io.vsmmu.control.app;

import org.jspecify.annotations.NullMarked;
