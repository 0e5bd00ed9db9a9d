@NullMarked
package io.vsmmu.control.vm;

import org.jspecify.annotations.NullMarked;
