/** Refusals of requests, and the rules for names in them. */
@NullMarked
package io.vsmmu.control.request;

import org.jspecify.annotations.NullMarked;
