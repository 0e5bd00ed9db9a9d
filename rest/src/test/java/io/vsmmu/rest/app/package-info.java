@NullMarked
package io.vsmmu.rest.app;

import org.jspecify.annotations.NullMarked;
