/** The REST interface: resources over HTTP. */
@NullMarked
package io.vsmmu.rest;

import org.jspecify.annotations.NullMarked;
