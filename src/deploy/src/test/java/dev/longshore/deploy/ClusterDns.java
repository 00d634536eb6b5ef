package dev.longshore.deploy;

import static org.awaitility.Awaitility.await;

import dev.longshore.shared.clock.Clock;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The cluster's DNS, asked as a pod asks it, but without any cache.
final class ClusterDns {
  private static final Pattern NAME_SERVER = Pattern.compile("nameserver (\\S+)");
  private static final Pattern DOMAIN = Pattern.compile("\\bsvc\\.(\\S+)");

  /// Where a message has the number of its answers.
  private static final int ANSWERS_AT = 6;

  /// A pointer to the name, type, class, time to live, length and address.
  private static final int ANSWER_BYTES = 2 + 2 + 2 + 4 + 2 + 4;

  private final Cluster cluster;
  private final String server;
  private final String domain;

  /// @param pod one of the cluster's namespace, from which the server's address is taken
  ClusterDns(Cluster cluster, String pod) throws InterruptedException {
    this.cluster = cluster;
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    try (var exec =
        cluster
            .kubernetes
            .pods()
            .inNamespace(cluster.namespace)
            .withName(pod)
            .writingOutput(file)
            .exec("cat", "/etc/resolv.conf")) {
      exec.exitCode().orTimeout(30, TimeUnit.SECONDS).join();
    }
    String text = file.toString(StandardCharsets.UTF_8);
    this.server = first(NAME_SERVER, text);
    this.domain = first(DOMAIN, text);
  }

  private static String first(Pattern pattern, String text) {
    Matcher matcher = pattern.matcher(text);
    if (!matcher.find()) {
      throw new AssertionError("no " + pattern + " in the pod's /etc/resolv.conf:\n" + text);
    }
    return matcher.group(1);
  }

  /// Waits until a headless Service's name has one address, this one.
  ///
  /// @return when that was seen, by the system's clock
  long awaitAddress(String service, String address) {
    await()
        .atMost(Duration.ofMinutes(1))
        .pollInterval(Duration.ofMillis(50))
        .until(() -> address.equals(ask(service)));
    return Clock.system().nanoTime();
  }

  /// The address, when there is one alone; else empty.
  private String ask(String service) throws IOException {
    byte[] query = query(service + "." + cluster.namespace + ".svc." + domain);
    try (DatagramSocket socket = new DatagramSocket()) {
      socket.setSoTimeout(1_000);
      socket.connect(InetAddress.getByName(server), 53);
      socket.send(new DatagramPacket(query, query.length));
      DatagramPacket reply = new DatagramPacket(new byte[512], 512);
      socket.receive(reply);
      ByteBuffer answer = ByteBuffer.wrap(reply.getData(), 0, reply.getLength());
      if (answer.getShort(ANSWERS_AT) != 1) {
        return "";
      }
      // The one answer ends with its address, behind the question that is repeated.
      byte[] address = new byte[4];
      answer.get(query.length + ANSWER_BYTES - address.length, address);
      return InetAddress.getByAddress(address).getHostAddress();
    } catch (SocketTimeoutException e) {
      return "";
    }
  }

  /// A question for the A records of a name, as RFC 1035 (4.1) has it.
  private static byte[] query(String name) {
    ByteBuffer query = ByteBuffer.allocate(name.length() + 18);
    query.putShort((short) 4711).putShort((short) 0x0100).putShort((short) 1);
    query.position(12);
    for (String label : name.split("\\.", -1)) {
      query.put((byte) label.length()).put(label.getBytes(StandardCharsets.US_ASCII));
    }
    query.put((byte) 0).putShort((short) 1).putShort((short) 1);
    return query.array();
  }
}
