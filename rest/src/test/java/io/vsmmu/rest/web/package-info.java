/** How connections are taken and ended. */
@NullMarked
package io.vsmmu.rest.web;

import org.jspecify.annotations.NullMarked;
