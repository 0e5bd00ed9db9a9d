/** How connections are taken and ended. */
@NullMarked
package io.vsmmu.control.rest.web;

import org.jspecify.annotations.NullMarked;
