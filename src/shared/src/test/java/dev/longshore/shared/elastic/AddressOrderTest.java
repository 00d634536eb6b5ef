package dev.longshore.shared.elastic;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;

/// The address that was seen to work last goes first.
class AddressOrderTest {
  private static final String HOST = "es.shop.example";
  private static final InetAddress ONE = InetAddress.ofLiteral("10.0.0.1");
  private static final InetAddress TWO = InetAddress.ofLiteral("10.0.0.2");
  private static final InetAddress THREE = InetAddress.ofLiteral("10.0.0.3");

  private InetAddress[] known = {ONE, TWO, THREE};
  private final AddressOrder order = new AddressOrder(host -> known.clone());

  @Test
  void keepsTheOrderOfTheName() throws UnknownHostException {
    assertThat(order.resolve(HOST)).containsExactly(ONE, TWO, THREE);
  }

  @Test
  void putsAnAddressThatFailedBehindTheOthers() throws UnknownHostException {
    order.failed(HOST, ONE);

    assertThat(order.resolve(HOST)).containsExactly(TWO, THREE, ONE);
  }

  @Test
  void countsOneFailureOfManyRequestsOnce() throws UnknownHostException {
    order.failed(HOST, ONE);
    order.failed(HOST, ONE);

    assertThat(order.resolve(HOST)).containsExactly(TWO, THREE, ONE);
  }

  @Test
  void followsANameThatMovedElsewhere() throws UnknownHostException {
    order.failed(HOST, ONE);
    known = new InetAddress[] {THREE, ONE};

    assertThat(order.resolve(HOST)).containsExactly(THREE, ONE);
  }
}
