@NullMarked
package io.vsmmu.control.job;

import org.jspecify.annotations.NullMarked;
