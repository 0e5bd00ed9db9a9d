/** What the machine around a vSMMU has to have, and which host could carry it. */
@NullMarked
package io.vsmmu.control.rest.platform;

import org.jspecify.annotations.NullMarked;
