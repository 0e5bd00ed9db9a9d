/** Set-up of the web server, of JSON and of the API description. */
@NullMarked
package io.vsmmu.rest.web;

import org.jspecify.annotations.NullMarked;
