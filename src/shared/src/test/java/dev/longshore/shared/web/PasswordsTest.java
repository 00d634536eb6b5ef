package dev.longshore.shared.web;

import static org.assertj.core.api.Assertions.assertThat;

import at.favre.lib.crypto.bcrypt.BCrypt;
import dev.longshore.shared.clock.Clock;
import java.net.InetAddress;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// How long a refusal takes does not tell whether there is such a user, and what was right before
/// is of no use to one who is gone.
final class PasswordsTest {
  private final Clock clock = Clock.system();
  private final Passwords passwords = new Passwords(clock);
  private final Map<String, String> users =
      Map.of(
          "alice", BCrypt.withDefaults().hashToString(12, "a long password".toCharArray()),
          "cheap", BCrypt.withDefaults().hashToString(4, "a long password".toCharArray()));

  private long nanos(String user, int guess) throws Exception {
    long start = clock.nanoTime();
    assertThat(passwords.check(user, "guess" + guess, users, InetAddress.getLoopbackAddress()))
        .isEqualTo(Passwords.Verdict.WRONG);
    return clock.nanoTime() - start;
  }

  @Test
  void anUnknownNameTakesAsLongAsTheCostliestHash() throws Exception {
    long known = Math.min(nanos("alice", 1), Math.min(nanos("alice", 2), nanos("alice", 3)));
    long unknown = Math.min(nanos("bob", 1), Math.min(nanos("bob", 2), nanos("bob", 3)));

    assertThat(unknown).as("a quarter of it with a hash of cost 10").isGreaterThan(known / 2);
  }

  @Test
  void guessesFromManyAddressesLeaveHalfOfTheProcessors() {
    assertThat(Passwords.parallel(1)).isEqualTo(1);
    assertThat(Passwords.parallel(2)).isEqualTo(1);
    assertThat(Passwords.parallel(4)).isEqualTo(2);
    assertThat(Passwords.parallel(64)).isEqualTo(2);
  }

  @Test
  void whoIsRemovedLogsInNoMoreThoughAnotherHasTheSameHash() throws Exception {
    String hash = BCrypt.withDefaults().hashToString(4, "a long password".toCharArray());
    InetAddress from = InetAddress.getLoopbackAddress();
    Map<String, String> before = Map.of("alice", hash, "bob", hash);
    assertThat(passwords.check("alice", "a long password", before, from))
        .isEqualTo(Passwords.Verdict.RIGHT);

    assertThat(passwords.check("alice", "a long password", Map.of("bob", hash), from))
        .isEqualTo(Passwords.Verdict.WRONG);
  }
}
