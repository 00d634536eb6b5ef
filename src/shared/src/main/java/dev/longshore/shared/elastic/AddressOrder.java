package dev.longshore.shared.elastic;

import dev.longshore.shared.clock.Clock;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.http.conn.DnsResolver;

/// The addresses of a name, in the order in which they are to be tried: the client connects to the
/// first one only. An address that takes no connection goes behind the others until one of these
/// fails. It also knows which addresses a name has left. Safe for all threads.
final class AddressOrder implements DnsResolver {
  /// How old an answer may be that is used without asking.
  static final Duration USABLE = Duration.ofSeconds(10);

  /// After so long it is asked again meanwhile: a name that moves is followed as soon as the JVM's
  /// own cache would.
  private static final Duration FRESH = Duration.ofSeconds(3);

  private final Map<String, InetAddress> preferred = new ConcurrentHashMap<>();
  private final Map<String, Answer> current = new ConcurrentHashMap<>();
  private final Set<String> asking = ConcurrentHashMap.newKeySet();
  private final AtomicBoolean left = new AtomicBoolean();
  private final Lookup lookup;
  private final Executor background;
  private final Clock clock;

  /// What was answered last for a name.
  private record Answer(InetAddress[] addresses, long nanos) {
    boolean has(InetAddress address) {
      for (InetAddress known : addresses) {
        if (known.equals(address)) {
          return true;
        }
      }
      return false;
    }

    boolean isWithin(Duration age, long nowNanos) {
      return nowNanos - nanos < age.toNanos();
    }
  }

  /// Asks for the addresses of a name.
  @FunctionalInterface
  interface Lookup {
    InetAddress[] of(String host) throws UnknownHostException;
  }

  /// @param background where a lookup may block
  AddressOrder(Lookup lookup, Executor background, Clock clock) {
    this.lookup = lookup;
    this.background = background;
    this.clock = clock;
  }

  /// Whether the addresses of a name are known, so that [#resolve], asked within a second, waits
  /// for no DNS server.
  boolean knows(String host) {
    Answer known = current.get(host);
    return known != null && known.isWithin(USABLE.minusSeconds(1), clock.nanoTime());
  }

  private void askInBackground(String host) {
    if (asking.add(host)) {
      background.execute(() -> askAgain(host));
    }
  }

  private void askAgain(String host) {
    try {
      var _ = ask(host);
    } catch (UnknownHostException e) {
      // What is known is used until it is too old; then who sends learns why.
    } finally {
      asking.remove(host);
    }
  }

  private InetAddress[] ask(String host) throws UnknownHostException {
    InetAddress[] addresses = lookup.of(host);
    Answer now = new Answer(addresses, clock.nanoTime());
    Answer before = current.put(host, now);
    if (before != null && !Arrays.stream(before.addresses()).allMatch(now::has)) {
      left.set(true);
    }
    return addresses;
  }

  /// What was answered lately, else what is answered now. Where that is a while ago, it is asked
  /// again meanwhile.
  @Override
  public InetAddress[] resolve(String host) throws UnknownHostException {
    long now = clock.nanoTime();
    Answer known = current.get(host);
    if (known == null || !known.isWithin(USABLE, now)) {
      return inOrder(host, ask(host));
    }
    if (!known.isWithin(FRESH, now)) {
      askInBackground(host);
    }
    return inOrder(host, known.addresses());
  }

  private InetAddress[] inOrder(String host, InetAddress[] addresses) {
    int first = Arrays.asList(addresses).indexOf(preferred.get(host));
    if (first <= 0) {
      return addresses;
    }
    InetAddress[] turned = new InetAddress[addresses.length];
    for (int i = 0; i < addresses.length; i++) {
      turned[i] = addresses[(first + i) % addresses.length];
    }
    return turned;
  }

  /// Whether a name had the address when it was asked for last.
  boolean isCurrent(InetAddress address) {
    for (Answer answer : current.values()) {
      if (answer.has(address)) {
        return true;
      }
    }
    return false;
  }

  /// Whether a name has left an address since this was asked last.
  boolean takeLeft() {
    return left.compareAndSet(true, false);
  }

  /// An address took no connection: the next one goes first, unless another attempt has seen to
  /// that, and the name is asked for again. Never blocks: the thread that learns it serves all
  /// connections.
  void failed(String host, InetAddress address) {
    Answer known = current.get(host);
    if (known != null) {
      InetAddress[] addresses = inOrder(host, known.addresses());
      if (addresses.length > 1 && addresses[0].equals(address)) {
        preferred.put(host, addresses[1]);
      }
    }
    askInBackground(host);
  }
}
