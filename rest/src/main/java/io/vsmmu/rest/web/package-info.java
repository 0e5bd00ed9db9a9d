/** The configuration of the web server, of JSON and of the OpenAPI document. */
@NullMarked
package io.vsmmu.rest.web;

import org.jspecify.annotations.NullMarked;
