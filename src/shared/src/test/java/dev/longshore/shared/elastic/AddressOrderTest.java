package dev.longshore.shared.elastic;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.shared.clock.SetClock;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import org.junit.jupiter.api.Test;

/// The address that was seen to work last goes first.
class AddressOrderTest {
  private static final String HOST = "es.shop.example";
  private static final InetAddress ONE = InetAddress.ofLiteral("10.0.0.1");
  private static final InetAddress TWO = InetAddress.ofLiteral("10.0.0.2");
  private static final InetAddress THREE = InetAddress.ofLiteral("10.0.0.3");

  private InetAddress[] known = {ONE, TWO, THREE};
  private int lookups;
  private final SetClock clock = new SetClock();
  private final Queue<Runnable> background = new ArrayDeque<>();
  private final AddressOrder order =
      new AddressOrder(
          host -> {
            lookups++;
            return known.clone();
          },
          background::add,
          clock);

  @Test
  void keepsTheOrderOfTheName() throws UnknownHostException {
    assertThat(order.resolve(HOST)).containsExactly(ONE, TWO, THREE);
  }

  @Test
  void putsAnAddressThatFailedBehindTheOthers() throws UnknownHostException {
    var _ = order.resolve(HOST);
    order.failed(HOST, ONE);

    assertThat(order.resolve(HOST)).containsExactly(TWO, THREE, ONE);
  }

  @Test
  void countsOneFailureOfManyRequestsOnce() throws UnknownHostException {
    var _ = order.resolve(HOST);
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
    clock.advance(AddressOrder.USABLE);
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
    clock.advance(AddressOrder.USABLE);
    var _ = order.resolve(HOST);

    assertThat(order.takeLeft()).isFalse();
    assertThat(order.isCurrent(TWO)).isTrue();
  }

  @Test
  void followsANameThatMovedElsewhere() throws UnknownHostException {
    var _ = order.resolve(HOST);
    order.failed(HOST, ONE);
    known = new InetAddress[] {THREE, ONE};
    clock.advance(AddressOrder.USABLE);

    assertThat(order.resolve(HOST)).containsExactly(THREE, ONE);
  }

  @Test
  void asksAgainInTheBackgroundWhereAnAddressFailed() throws UnknownHostException {
    var _ = order.resolve(HOST);
    known = new InetAddress[] {THREE};

    order.failed(HOST, ONE);
    assertThat(lookups).as("on the thread of all connections").isEqualTo(1);
    background.remove().run();

    assertThat(order.resolve(HOST)).containsExactly(THREE);
  }

  @Test
  void asksOnceForManyRequests() throws UnknownHostException {
    assertThat(order.knows(HOST)).as("before it was asked").isFalse();
    var _ = order.resolve(HOST);
    clock.advance(Duration.ofSeconds(2));
    var _ = order.resolve(HOST);

    assertThat(order.knows(HOST)).isTrue();
    assertThat(lookups).isEqualTo(1);
    assertThat(background).isEmpty();
  }

  @Test
  void asksAgainInTheBackgroundWhatItWasToldAWhileAgo() throws UnknownHostException {
    var _ = order.resolve(HOST);
    known = new InetAddress[] {THREE};
    clock.advance(Duration.ofSeconds(4));

    assertThat(order.resolve(HOST)).as("without waiting").containsExactly(ONE, TWO, THREE);
    assertThat(order.resolve(HOST)).containsExactly(ONE, TWO, THREE);
    assertThat(background).as("once at a time").hasSize(1);
    background.remove().run();

    assertThat(order.resolve(HOST)).containsExactly(THREE);
    assertThat(order.takeLeft()).isTrue();
  }

  @Test
  void knowsNothingThatIsOlderThanItMayBe() throws UnknownHostException {
    var _ = order.resolve(HOST);
    clock.advance(AddressOrder.USABLE.minusSeconds(1));
    assertThat(order.knows(HOST)).as("for a second more").isFalse();
    clock.advance(Duration.ofSeconds(1));

    var _ = order.resolve(HOST);
    assertThat(lookups).isEqualTo(2);
  }
}
