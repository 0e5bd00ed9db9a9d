/** Tests of what is shipped: its libraries and their licences. */
@NullMarked
package io.vsmmu.acceptance.hygiene;

import org.jspecify.annotations.NullMarked;
