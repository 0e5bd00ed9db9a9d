/** Who may do what: credentials, roles, scopes, and the table of the rules of all operations. */
@NullMarked
package io.vsmmu.rest.access;

import org.jspecify.annotations.NullMarked;
