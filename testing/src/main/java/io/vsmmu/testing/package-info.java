/** What the tests of several modules share. Never part of the application. */
@NullMarked
package io.vsmmu.testing;

import org.jspecify.annotations.NullMarked;
