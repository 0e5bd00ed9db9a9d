/** The service from outside: HTTP only. */
@NullMarked
package io.vsmmu.acceptance.rest;

import org.jspecify.annotations.NullMarked;
