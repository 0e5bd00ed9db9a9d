/** The host: its physical SMMUs, its devices, and VMMs that own devices. */
@NullMarked
package io.vsmmu.rest.host;

import org.jspecify.annotations.NullMarked;
