package dev.longshore.shared.web;

import at.favre.lib.crypto.bcrypt.BCrypt;
import dev.longshore.shared.clock.Clock;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// Checks passwords against bcrypt hashes, which is slow on purpose, so that nobody can keep the
/// process busy with it:
///
/// - what was checked is remembered, right and wrong, as a keyed digest in memory: a client that
///   logs in with each request costs one check;
/// - a client address has [#BURST] checks at once and then one each [#INTERVAL]; checks that find
///   the password right don't count;
/// - over all clients, checks take at most half of the processors.
///
/// Safe for use by any thread.
final class Passwords {
  static final int BURST = 10;
  static final Duration INTERVAL = Duration.ofSeconds(2);

  /// Threads that answer are few, and each check takes one and a whole processor.
  private static final int MOST_PARALLEL = 2;

  private static final Duration PATIENCE = Duration.ofSeconds(1);
  private static final int REMEMBERED = 256;
  private static final int ADDRESSES = 4096;

  /// bcrypt reads no further; a longer password is as good as its beginning.
  private static final int MAX_PASSWORD_BYTES = 72;

  /// Of no password, where there are no users.
  private static final String NOBODY =
      "$2y$10$QOauhQNbBCuQDKes6eFzPeMqBSjb7Mr5DUmpZ/VcEd00UAV/LDeSi";

  /// What a check found.
  enum Verdict {
    RIGHT,
    WRONG,
    /// It was not checked: too many wrong ones from there, or too many checks at a time.
    TOO_MANY
  }

  private final Clock clock;
  private final Semaphore checks =
      new Semaphore(parallel(Runtime.getRuntime().availableProcessors()));
  private final SecretKeySpec secret;

  // Guarded by this. Right and wrong apart, so that guesses push out no login.
  private final Map<ByteBuffer, Boolean> right = bounded(REMEMBERED);
  private final Map<ByteBuffer, Boolean> wrong = bounded(REMEMBERED);

  /// Until when the checks of a client are spoken for.
  private final Map<Object, Long> spentUntilNanos = bounded(ADDRESSES);

  Passwords(Clock clock) {
    this.clock = clock;
    byte[] key = new byte[32];
    new SecureRandom().nextBytes(key);
    secret = new SecretKeySpec(key, "HmacSHA256");
  }

  /// How many checks may run at a time where there are so many processors.
  static int parallel(int processors) {
    return Math.clamp(processors / 2, 1, MOST_PARALLEL);
  }

  private static <K, V> Map<K, V> bounded(int most) {
    return new LinkedHashMap<>(16, 0.75f, true) {
      private static final long serialVersionUID = 1;

      @Override
      protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
        return size() > most;
      }
    };
  }

  /// An unknown name takes as long as a wrong password: it is checked against the costliest hash
  /// that there is.
  Verdict check(String user, String password, Map<String, String> hashByUser, InetAddress from)
      throws InterruptedException {
    String hash = hashByUser.get(user);
    String against = hash == null ? costliest(hashByUser.values()) : hash;
    ByteBuffer digest = digest(user, password, against);
    Object client = client(from);
    synchronized (this) {
      // Of a user who is gone: another may have the same hash.
      if (hash != null && right.get(digest) != null) {
        return Verdict.RIGHT;
      }
      if (wrong.get(digest) != null) {
        return Verdict.WRONG;
      }
      if (!spend(client)) {
        return Verdict.TOO_MANY;
      }
    }
    if (!checks.tryAcquire(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
      synchronized (this) {
        refund(client);
      }
      return Verdict.TOO_MANY;
    }
    boolean verified;
    try {
      verified = matches(password, against) && hash != null;
    } finally {
      checks.release();
    }
    synchronized (this) {
      (verified ? right : wrong).put(digest, true);
      if (verified) {
        refund(client);
      }
    }
    return verified ? Verdict.RIGHT : Verdict.WRONG;
  }

  /// The cost is the number behind `$2y$`; hashes of one length differ first there.
  private static String costliest(Collection<String> hashes) {
    return hashes.stream().max(Comparator.comparing(hash -> hash.substring(4, 6))).orElse(NOBODY);
  }

  private static boolean matches(String password, String hash) {
    byte[] bytes = password.getBytes(StandardCharsets.UTF_8);
    byte[] used =
        bytes.length <= MAX_PASSWORD_BYTES ? bytes : Arrays.copyOf(bytes, MAX_PASSWORD_BYTES);
    return BCrypt.verifyer().verify(used, hash.getBytes(StandardCharsets.US_ASCII)).verified;
  }

  /// Takes one check of a client's share. The caller holds the lock.
  private boolean spend(Object client) {
    long now = clock.nanoTime();
    Long before = spentUntilNanos.get(client);
    long from = before == null || before - now < 0 ? now : before;
    if (from - now > (BURST - 1) * INTERVAL.toNanos()) {
      return false;
    }
    spentUntilNanos.put(client, from + INTERVAL.toNanos());
    return true;
  }

  private void refund(Object client) {
    spentUntilNanos.computeIfPresent(client, (_, until) -> until - INTERVAL.toNanos());
  }

  /// An address; of IPv6 the network of 64 bits, all of which one client may have.
  private static Object client(InetAddress from) {
    return from instanceof Inet6Address ? ByteBuffer.wrap(from.getAddress(), 0, 8).slice() : from;
  }

  private ByteBuffer digest(String user, String password, String hash) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(secret);
      for (String part : new String[] {user, hash, password}) {
        byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
        mac.update(ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).flip());
        mac.update(bytes);
      }
      return ByteBuffer.wrap(mac.doFinal());
    } catch (NoSuchAlgorithmException | InvalidKeyException e) {
      throw new IllegalStateException("this JVM can't do HMAC-SHA256", e);
    }
  }
}
