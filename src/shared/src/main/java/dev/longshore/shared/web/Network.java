package dev.longshore.shared.web;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;

/// Addresses with a common beginning, such as `10.0.0.0/8` or `fd00::/8`; one address is a network
/// too.
public final class Network {
  private final byte[] address;
  private final int bits;

  private Network(byte[] address, int bits) {
    this.address = address;
    this.bits = bits;
  }

  /// @throws IllegalArgumentException when it is neither an address nor a network; names are not
  ///   resolved
  public static Network parse(String text) {
    int slash = text.indexOf('/');
    String literal = slash < 0 ? text : text.substring(0, slash);
    byte[] address = InetAddress.ofLiteral(literal).getAddress();
    int bits = slash < 0 ? 8 * address.length : Integer.parseInt(text.substring(slash + 1));
    if (bits < 0 || bits > 8 * address.length) {
      throw new IllegalArgumentException("not a network: " + text);
    }
    return new Network(address, bits);
  }

  /// Whether an address is of it; one of IPv4 never is of a network of IPv6.
  public boolean contains(InetAddress other) {
    byte[] bytes = other.getAddress();
    if (bytes.length != address.length) {
      return false;
    }
    int whole = bits / 8;
    int mask = (0xff00 >> (bits % 8)) & 0xff;
    return Arrays.equals(bytes, 0, whole, address, 0, whole)
        && (mask == 0 || (bytes[whole] & mask) == (address[whole] & mask));
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Network network
        && network.bits == bits
        && Arrays.equals(network.address, address);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(address) + bits;
  }

  @Override
  public String toString() {
    try {
      return InetAddress.getByAddress(address).getHostAddress() + "/" + bits;
    } catch (UnknownHostException e) {
      throw new IllegalStateException(e);
    }
  }
}
