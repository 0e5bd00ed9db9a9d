/** What the machine around a vSMMU has to have, and which host could carry it. */
@NullMarked
package io.vsmmu.rest.platform;

import org.jspecify.annotations.NullMarked;
