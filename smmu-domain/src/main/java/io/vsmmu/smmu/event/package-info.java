/** What did happen to a vSMMU: the only truth, from which every state is folded. */
@NullMarked
package io.vsmmu.smmu.event;

import org.jspecify.annotations.NullMarked;
