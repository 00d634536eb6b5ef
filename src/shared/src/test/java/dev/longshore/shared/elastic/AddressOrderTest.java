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
  void knowsWhichAddressesANameHasLeft() throws UnknownHostException {
    var _ = order.resolve(HOST);
    assertThat(order.isCurrent(TWO)).isTrue();
    assertThat(order.takeLeft()).isFalse();

    known = new InetAddress[] {THREE, ONE};
    var _ = order.resolve(HOST);

    assertThat(order.isCurrent(TWO)).isFalse();
    assertThat(order.isCurrent(ONE)).isTrue();
    assertThat(order.takeLeft()).isTrue();
    assertThat(order.takeLeft()).as("said once").isFalse();
  }

  @Test
  void anAddressThatComesToANameTakesNoneAway() throws UnknownHostException {
    known = new InetAddress[] {ONE};
    var _ = order.resolve(HOST);
    known = new InetAddress[] {TWO, ONE};
    var _ = order.resolve(HOST);

    assertThat(order.takeLeft()).isFalse();
    assertThat(order.isCurrent(TWO)).isTrue();
  }

  @Test
  void followsANameThatMovedElsewhere() throws UnknownHostException {
    order.failed(HOST, ONE);
    known = new InetAddress[] {THREE, ONE};

    assertThat(order.resolve(HOST)).containsExactly(THREE, ONE);
  }
}
