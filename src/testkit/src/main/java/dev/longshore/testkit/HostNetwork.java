package dev.longshore.testkit;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// Hosts on this machine that can be cut off from each other: a Linux network namespace for each,
/// with two links. One leads to a network that the hosts share with whoever made it, the other to
/// its maker alone, and stays when the first is cut. Nothing of it can be reached from elsewhere.
///
/// Needs root, and `ip` of iproute2.
public final class HostNetwork implements AutoCloseable {
  private static final int HOSTS = 60;

  private final String name;
  private final int number;
  private final List<Host> hosts = new ArrayList<>();

  private HostNetwork(long pid) {
    name = "longshore-" + pid;
    number = Math.toIntExact(pid % 250);
  }

  /// Makes the network, without hosts. One process has one at a time.
  ///
  /// @throws IOException when `ip` refuses, with what it says
  public static HostNetwork create() throws IOException {
    HostNetwork network = new HostNetwork(ProcessHandle.current().pid());
    // A bridge in a namespace of its own: in this one, other software filters what a bridge passes.
    ip("netns add " + network.name);
    try {
      ip("-n %s link add bridge type bridge".formatted(network.name));
      ip("-n %s link set bridge up".formatted(network.name));
      ip("link add %s type veth peer name maker netns %s".formatted(network.link(0), network.name));
      ip("-n %s link set maker master bridge up".formatted(network.name));
      ip("address add %s/24 dev %s".formatted(network.shared(1), network.link(0)));
      ip("link set %s up".formatted(network.link(0)));
    } catch (IOException e) {
      ip("netns delete " + network.name);
      throw e;
    }
    return network;
  }

  /// A host on it, with one link to the network and one to this process.
  public Host add() throws IOException {
    if (hosts.size() == HOSTS) {
      throw new IllegalStateException("a network has " + HOSTS + " hosts at most");
    }
    Host host = new Host(hosts.size() + 1);
    hosts.add(host);
    host.make();
    return host;
  }

  /// This process's address on the network.
  public InetAddress address() throws IOException {
    return InetAddress.getByName(shared(1));
  }

  private String shared(int host) {
    return "10.213.%d.%d".formatted(number, host);
  }

  /// The name of a link of this process's: to the network, or to one of the hosts.
  private String link(int host) {
    return "ls%d-%d".formatted(number, host);
  }

  private static void ip(String arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of("ip"));
    command.addAll(List.of(arguments.split(" ")));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.onExit().join().exitValue() != 0) {
      throw new IOException("ip " + arguments + ": " + said.strip());
    }
  }

  /// Takes hosts and network away. Processes that still run on a host lose their links.
  @Override
  public void close() throws IOException {
    // Links first: those of a namespace go some time after it, and their names would be taken.
    for (Host host : hosts) {
      ip("link delete " + link(host.number));
      ip("netns delete " + host.name);
    }
    ip("link delete " + link(0));
    ip("netns delete " + name);
  }

  /// One host.
  public final class Host {
    private final String name;
    private final int number;

    private Host(int number) {
      this.number = number;
      name = HostNetwork.this.name + "-" + number;
    }

    private void make() throws IOException {
      ip("netns add " + name);
      ip("-n %s link set lo up".formatted(name));
      ip(
          "link add port%d netns %s type veth peer name shared netns %s"
              .formatted(number, HostNetwork.this.name, name));
      ip("-n %s address add %s/24 dev shared".formatted(name, shared(number + 1)));
      ip("-n %s link set shared up".formatted(name));
      ip("-n %s link set port%d master bridge up".formatted(HostNetwork.this.name, number));
      ip("link add %s type veth peer name alone netns %s".formatted(link(number), name));
      ip("address add %s/30 dev %s".formatted(alone(1), link(number)));
      ip("link set %s up".formatted(link(number)));
      ip("-n %s address add %s/30 dev alone".formatted(name, alone(2)));
      ip("-n %s link set alone up".formatted(name));
    }

    private String alone(int end) {
      return "10.214.%d.%d".formatted(HostNetwork.this.number, 4 * number + end);
    }

    /// The command under which a process runs on the host. The process keeps its id.
    public List<String> prefix() {
      return List.of("ip", "netns", "exec", name);
    }

    /// Its address on the network.
    public InetAddress address() throws IOException {
      return InetAddress.getByName(shared(number + 1));
    }

    /// Its address on the link to this process.
    public InetAddress addressAlone() throws IOException {
      return InetAddress.getByName(alone(2));
    }

    /// This process's address on that link.
    public InetAddress makersAddress() throws IOException {
      return InetAddress.getByName(alone(1));
    }

    /// Cuts it off from the network, as when somebody pulls its cable, or joins it again: what is
    /// sent either way is lost, and nobody is told. The link to this process stays.
    public void cut(boolean isCut) throws IOException {
      ip(
          "-n %s link set port%d %s"
              .formatted(HostNetwork.this.name, number, isCut ? "down" : "up"));
    }
  }
}
