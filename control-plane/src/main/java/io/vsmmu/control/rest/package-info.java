/** The REST interface: resources over HTTP. */
@NullMarked
package io.vsmmu.control.rest;

import org.jspecify.annotations.NullMarked;
