/** The service from outside: HTTP only. */
@NullMarked
package io.vsmmu.control.rest;

import org.jspecify.annotations.NullMarked;
