package io.vsmmu.db;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.db.log.HashChain;
import io.vsmmu.db.log.NewEvent;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class HashChainTest {

  private static final long ORIGIN = 1_700_000_000_000_000L;

  /** Computed outside of this code base from the layout that HashChain documents. */
  @Test
  void the_golden_vector_holds() {
    HashChain chain = new HashChain();
    byte[] first =
        chain.next(
            HashChain.genesis(),
            ORIGIN,
            new NewEvent(0, ORIGIN, 1, null, null, "hello".getBytes(StandardCharsets.US_ASCII)));
    byte[] second =
        chain.next(first, ORIGIN, new NewEvent(1, ORIGIN + 1_234_567, 513, 0L, "opé", new byte[0]));

    assertThat(hex(HashChain.genesis()))
        .isEqualTo("ffc75aa76cb7a955011754f0663c83fdcd14e1f6164f6280e4c0e437b2981c58");
    assertThat(hex(first))
        .isEqualTo("0da9003bf1847aec71b3a14c34cb4acdc302ff7e931c8c158f77330c68f8c5b7");
    assertThat(hex(second))
        .isEqualTo("f7297eaff1fd92d8ed5386ae6148f65fba99868310b9ed731f4fd3a537006f78");
  }

  @Test
  void times_are_hashed_relative_to_the_origin() {
    NewEvent event = new NewEvent(0, 500, 1, null, null, new byte[] {1});
    NewEvent later = new NewEvent(0, 1500, 1, null, null, new byte[] {1});
    HashChain chain = new HashChain();
    byte[] genesis = HashChain.genesis();

    assertThat(chain.next(genesis, 1000, later)).isEqualTo(chain.next(genesis, 0, event));
    assertThat(chain.next(genesis, 0, later)).isNotEqualTo(chain.next(genesis, 0, event));
  }

  private static String hex(byte[] hash) {
    return HexFormat.of().formatHex(hash);
  }
}
