package dev.longshore.shared.elastic;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.http.conn.DnsResolver;

/// The addresses of a name, in the order in which they are to be tried: the client connects to the
/// first one only. An address that takes no connection goes behind the others until one of these
/// fails. It also knows which addresses a name has left. Safe for all threads.
final class AddressOrder implements DnsResolver {
  private final Map<String, InetAddress> preferred = new ConcurrentHashMap<>();
  private final Map<String, Set<InetAddress>> current = new ConcurrentHashMap<>();
  private final AtomicBoolean left = new AtomicBoolean();
  private final Lookup lookup;

  /// Asks for the addresses of a name.
  @FunctionalInterface
  interface Lookup {
    InetAddress[] of(String host) throws UnknownHostException;
  }

  AddressOrder(Lookup lookup) {
    this.lookup = lookup;
  }

  @Override
  public InetAddress[] resolve(String host) throws UnknownHostException {
    InetAddress[] addresses = lookup.of(host);
    Set<InetAddress> before = current.put(host, Set.copyOf(Arrays.asList(addresses)));
    if (before != null && !Arrays.asList(addresses).containsAll(before)) {
      left.set(true);
    }
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
    return current.values().stream().anyMatch(it -> it.contains(address));
  }

  /// Whether a name has left an address since this was asked last.
  boolean takeLeft() {
    return left.compareAndSet(true, false);
  }

  /// An address took no connection: the next one goes first, unless another attempt has seen to
  /// that.
  void failed(String host, InetAddress address) {
    try {
      InetAddress[] addresses = resolve(host);
      if (addresses.length > 1 && addresses[0].equals(address)) {
        preferred.put(host, addresses[1]);
      }
    } catch (UnknownHostException e) {
      preferred.remove(host);
    }
  }
}
