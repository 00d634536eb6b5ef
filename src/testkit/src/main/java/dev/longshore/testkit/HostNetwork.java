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
/// The namespaces have no names: the first one that `ip netns add` makes has a file system mounted
/// over the folder of names, after which a container runtime can end no pod that was there before.
///
/// Needs root, `ip` of iproute2, and `unshare` and `nsenter` of util-linux.
public final class HostNetwork implements AutoCloseable {
  private static final int HOSTS = 60;

  /// Of the bridge: in the namespace of this process, other software filters what a bridge passes.
  private final Namespace bridge;

  private final int number;
  private final List<Host> hosts = new ArrayList<>();

  private HostNetwork(Namespace bridge, long pid) {
    this.bridge = bridge;
    number = Math.toIntExact(pid % 250);
  }

  /// Makes the network, without hosts. One process has one at a time.
  ///
  /// @throws IOException when `ip` refuses, with what it says
  public static HostNetwork create() throws IOException {
    Namespace bridge = Namespace.make();
    HostNetwork network = new HostNetwork(bridge, ProcessHandle.current().pid());
    try {
      bridge.ip("link add bridge type bridge");
      bridge.ip("link set bridge up");
      ip("link add %s type veth peer name maker netns %d".formatted(network.link(0), bridge.pid()));
      bridge.ip("link set maker master bridge up");
      ip("address add %s/24 dev %s".formatted(network.shared(1), network.link(0)));
      ip("link set %s up".formatted(network.link(0)));
    } catch (IOException e) {
      bridge.close();
      throw e;
    }
    return network;
  }

  /// A host on it, with one link to the network and one to this process.
  public Host add() throws IOException {
    if (hosts.size() == HOSTS) {
      throw new IllegalStateException("a network has " + HOSTS + " hosts at most");
    }
    Host host = new Host(hosts.size() + 1, Namespace.make());
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
    run(List.of(), arguments);
  }

  private static void run(List<String> prefix, String arguments) throws IOException {
    List<String> command = new ArrayList<>(prefix);
    command.add("ip");
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
      host.namespace.close();
    }
    ip("link delete " + link(0));
    bridge.close();
  }

  /// A network namespace, as long as the process lives that was started in it; that one ends with
  /// this process too.
  private record Namespace(Process holder) {
    static Namespace make() throws IOException {
      // It says something when it is there, and then waits for the end of its input.
      Process holder =
          new ProcessBuilder("unshare", "--net", "sh", "-c", "echo there && exec cat")
              .redirectErrorStream(true)
              .start();
      String said = holder.inputReader().readLine();
      if (!"there".equals(said)) {
        throw new IOException("unshare --net: " + said);
      }
      return new Namespace(holder);
    }

    long pid() {
      return holder.pid();
    }

    List<String> prefix() {
      return List.of("nsenter", "--net=/proc/" + pid() + "/ns/net");
    }

    void ip(String arguments) throws IOException {
      run(prefix(), arguments);
    }

    void close() {
      holder.destroy();
      holder.onExit().join();
    }
  }

  /// One host.
  public final class Host {
    private final int number;
    private final Namespace namespace;

    private Host(int number, Namespace namespace) {
      this.number = number;
      this.namespace = namespace;
    }

    private void make() throws IOException {
      namespace.ip("link set lo up");
      bridge.ip(
          "link add port%d type veth peer name shared netns %d".formatted(number, namespace.pid()));
      namespace.ip("address add %s/24 dev shared".formatted(shared(number + 1)));
      namespace.ip("link set shared up");
      bridge.ip("link set port%d master bridge up".formatted(number));
      ip("link add %s type veth peer name alone netns %d".formatted(link(number), namespace.pid()));
      ip("address add %s/30 dev %s".formatted(alone(1), link(number)));
      ip("link set %s up".formatted(link(number)));
      namespace.ip("address add %s/30 dev alone".formatted(alone(2)));
      namespace.ip("link set alone up");
    }

    private String alone(int end) {
      return "10.214.%d.%d".formatted(HostNetwork.this.number, 4 * number + end);
    }

    /// The command under which a process runs on the host. The process keeps its id.
    public List<String> prefix() {
      return namespace.prefix();
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
      bridge.ip("link set port%d %s".formatted(number, isCut ? "down" : "up"));
    }
  }
}
