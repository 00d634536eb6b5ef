package dev.longshore.shared.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.shared.memory.MemoryBudget;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// A client that lets a request wait keeps its place for as long as nobody else needs it.
final class PlacesTest {
  private static final long SECOND = 1_000_000_000;

  private final MemoryBudget.Share memory = new MemoryBudget(1 << 20).share("replies", 16 << 10);
  private final Places places =
      new Places(
          new OpsLimits(
              64,
              3,
              1024,
              Duration.ofSeconds(5),
              Duration.ofSeconds(5),
              Duration.ofSeconds(5),
              Duration.ofSeconds(5)),
          memory);
  private final List<Connection> connections = new ArrayList<>();

  @AfterEach
  void close() {
    connections.forEach(Connection::close);
  }

  /// A request of a client, or null when it gets no place.
  private @Nullable Connection request(int client, long now) throws IOException {
    Place place = places.take(connections, now);
    if (place == null) {
      return null;
    }
    SocketChannel channel = SocketChannel.open();
    Connection connection =
        new Connection(
            channel,
            new Wire.Plain(channel),
            InetAddress.getByAddress(new byte[] {127, 0, 0, (byte) client}),
            Long.MAX_VALUE);
    connection.state = Connection.State.ANSWERING;
    connection.place = place;
    connections.add(connection);
    return connection;
  }

  private Connection waiting(int client, long now) throws IOException {
    Connection connection = Objects.requireNonNull(request(client, now));
    Objects.requireNonNull(connection.place).waits(now);
    return connection;
  }

  @Test
  void whatIsWorkedOnKeepsItsPlace() throws IOException {
    for (int i = 0; i < 3; i++) {
      assertThat(request(1, 0)).isNotNull();
    }

    assertThat(request(2, 60 * SECOND)).isNull();
    assertThat(memory.usedBytes()).isEqualTo(3 * 1024);
  }

  @Test
  void theLongestWaitOfTheClientWithTheMostIsGivenAway() throws IOException {
    Connection alone = waiting(1, 0);
    Connection first = waiting(2, SECOND);
    Connection second = waiting(2, 2 * SECOND);

    assertThat(request(3, 2 * SECOND - 1)).as("nobody is slow enough twice").isNotNull();
    assertThat(alone.channel.isOpen()).as("the only one that has waited for a second").isFalse();
    assertThat(request(3, 4 * SECOND)).isNotNull();
    assertThat(first.channel.isOpen()).isFalse();
    assertThat(second.channel.isOpen()).isTrue();
    assertThat(memory.usedBytes()).isEqualTo(3 * 1024);
  }

  @Test
  void aPlaceThatWasGivenAwayIsGivenBackOnce() throws IOException {
    Connection slow = waiting(1, 0);
    request(1, 0);
    request(1, 0);
    Connection next = Objects.requireNonNull(request(2, 2 * SECOND));

    Place lost = Objects.requireNonNull(slow.place);
    assertThatThrownBy(() -> lost.goesOn(3 * SECOND)).isInstanceOf(IOException.class);
    places.giveBack(lost);
    assertThat(request(2, 2 * SECOND)).as("the slow one had no place to give back").isNull();

    places.giveBack(Objects.requireNonNull(next.place));
    assertThat(request(2, 2 * SECOND)).isNotNull();
  }

  /// So a client that sends a byte now and then has no more patience than one that sends none.
  @Test
  void allWaitsOfARequestCount() throws IOException {
    Connection dripping = waiting(1, 0);
    Place place = Objects.requireNonNull(dripping.place);
    for (int i = 1; i <= 3; i++) {
      place.goesOn(i * SECOND / 2);
      place.waits(i * SECOND / 2);
    }
    request(2, SECOND);
    request(2, SECOND);

    assertThat(request(3, 3 * SECOND / 2)).isNotNull();
    assertThat(dripping.channel.isOpen()).isFalse();
  }
}
