package dev.longshore.shared.elastic;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.clock.SetClock;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// An answer arrives whatever servers and proxies put before it, and from whichever address of a
/// name there is somebody at.
class TransportTest {
  private static final String OK =
      "HTTP/1.1 200 OK\r\nX-Elastic-Product: Elasticsearch\r\nContent-Length: 2\r\n\r\n{}";

  /// Loopback addresses at whose port nobody listens.
  private static final String NOBODY = "127.0.0.77";

  private static final String NOBODY_EITHER = "127.0.0.78";
  private static final String SOMEBODY = "127.0.0.1";
  private static final String SOMEBODY_ELSE = "127.0.0.2";

  private final AtomicInteger connections = new AtomicInteger();
  private final SetClock clock = new SetClock();
  private Duration connectionLife = Transport.CONNECTION_LIFE;
  private volatile InetAddress[] found = {};
  private ServerSocket server;

  @BeforeEach
  void listen() throws IOException {
    server = new ServerSocket(0, 16, InetAddress.ofLiteral(SOMEBODY));
  }

  @AfterEach
  void close() throws IOException {
    server.close();
  }

  @Test
  void passesOverInformationalAnswers() throws Exception {
    serve("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 102 Processing\r\n\r\n" + OK);

    try (Transport transport = transport(SOMEBODY)) {
      assertThat(ask(transport).status()).isEqualTo(200);
    }
  }

  @Test
  void readsTheAnswerThatComesLongAfterItsAnnouncement() throws Exception {
    Thread.ofVirtual()
        .start(
            () -> {
              try (Socket socket = server.accept()) {
                readRequest(socket);
                write(socket, "HTTP/1.1 103 Early Hints\r\nLi");
                write(socket, "nk: </a>\r\n\r\n");
                write(socket, OK);
                assertThat(socket.getInputStream().read()).isEqualTo(-1);
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            });

    try (Transport transport = transport(SOMEBODY)) {
      assertThat(ask(transport).status()).isEqualTo(200);
    }
  }

  @Test
  void triesAllAddressesOfAName() throws Exception {
    serve(OK);

    try (Transport transport = transport(NOBODY, NOBODY_EITHER, SOMEBODY)) {
      assertThat(ask(transport).status()).isEqualTo(200);
      assertThat(ask(transport).status()).isEqualTo(200);
    }
  }

  @Test
  void failsWhenNobodyIsAtAnyAddress() {
    CompletableFuture<HttpReply> answer = new CompletableFuture<>();
    try (Transport transport = transport(NOBODY, NOBODY_EITHER)) {
      send(transport, answer);

      assertThat(answer)
          .failsWithin(Duration.ofSeconds(30))
          .withThrowableThat()
          .withMessageContaining("refused");
    }
  }

  @Test
  void leavesAConnectionToAnAddressThatTheNameHasLeft() throws Exception {
    serve(OK);

    try (Transport transport = transport(SOMEBODY);
        ServerSocket other =
            new ServerSocket(server.getLocalPort(), 16, InetAddress.ofLiteral(SOMEBODY_ELSE))) {
      assertThat(ask(transport).status()).isEqualTo(200);
      assertThat(ask(transport).status()).isEqualTo(200);
      assertThat(connections).hasValue(1);

      server.close();
      serve(other, OK);
      found = addresses(SOMEBODY_ELSE);
      clock.advance(AddressOrder.USABLE);

      assertThat(ask(transport).status()).isEqualTo(200);
      assertThat(connections).as("with the next request").hasValue(2);
    }
  }

  @Test
  void replacesAConnectionAfterItsLife() throws Exception {
    connectionLife = Duration.ofMillis(300);
    serve(OK);

    try (Transport transport = transport(SOMEBODY)) {
      long begun = Clock.system().nanoTime();
      int asked = 0;
      while (connections.get() < 2
          && Clock.system().nanoTime() - begun < Duration.ofSeconds(30).toNanos()) {
        assertThat(ask(transport).status()).isEqualTo(200);
        asked++;
      }
      assertThat(connections).hasValue(2);
      assertThat(asked).isGreaterThan(2);
    }
  }

  private static InetAddress[] addresses(String... literals) {
    return Stream.of(literals).map(InetAddress::ofLiteral).toArray(InetAddress[]::new);
  }

  private Transport transport(String... addresses) {
    found = addresses(addresses);
    ElasticConfig standard = ElasticConfig.defaults();
    ElasticConfig config =
        new ElasticConfig(List.of(url()), null, null, null, null, false, standard.requestTimeout());
    return new Transport(
        config,
        new Servers(config.urls(), Clock.system()),
        clock,
        host -> found.clone(),
        connectionLife);
  }

  private URI url() {
    return URI.create("http://elasticsearch.shop.example:" + server.getLocalPort());
  }

  private HttpReply ask(Transport transport) throws Exception {
    CompletableFuture<HttpReply> answer = new CompletableFuture<>();
    send(transport, answer);
    return answer.get(30, TimeUnit.SECONDS);
  }

  private void send(Transport transport, CompletableFuture<HttpReply> answer) {
    Servers.Server target = new Servers(List.of(url()), Clock.system()).all().getFirst();
    transport.send(
        target,
        "GET",
        "/",
        null,
        new Transport.Listener() {
          @Override
          public void replied(HttpReply reply) {
            answer.complete(reply);
          }

          @Override
          public void failed(Exception cause, boolean sent) {
            answer.completeExceptionally(cause);
          }
        });
  }

  /// Answers each request of each connection alike.
  private void serve(String reply) {
    serve(server, reply);
  }

  private void serve(ServerSocket listening, String reply) {
    Thread.ofVirtual()
        .start(
            () -> {
              while (true) {
                try {
                  Socket socket = listening.accept();
                  connections.incrementAndGet();
                  Thread.ofVirtual().start(() -> answer(socket, reply));
                } catch (SocketException _) {
                  return;
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              }
            });
  }

  private static void answer(Socket socket, String reply) {
    try (socket) {
      while (readRequest(socket)) {
        write(socket, reply);
      }
    } catch (IOException _) {
      // The client is gone.
    }
  }

  /// Reads up to the empty line; returns whether there was a request.
  private static boolean readRequest(Socket socket) throws IOException {
    BufferedReader reader =
        new BufferedReader(new InputStreamReader(socket.getInputStream(), US_ASCII));
    String line = reader.readLine();
    boolean request = line != null;
    while (line != null && !line.isEmpty()) {
      line = reader.readLine();
    }
    return request;
  }

  private static void write(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(US_ASCII));
    socket.getOutputStream().flush();
  }
}
