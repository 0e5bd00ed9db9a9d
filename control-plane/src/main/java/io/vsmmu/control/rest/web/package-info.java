/** Set-up of the web server, of JSON and of the API description. */
@NullMarked
package io.vsmmu.control.rest.web;

import org.jspecify.annotations.NullMarked;
