package dev.longshore.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/// Elasticsearch as a process of this machine, from an unpacked [Distribution], with a folder of
/// its own for configuration, data and log. It refuses to run as root; started by root it runs as
/// nobody.
final class DistributionServer implements ElasticsearchServer.ServerProcess {
  private static final String NOBODY = "65534";
  private static final int LOG_TAIL = 8_000;

  private final Path folder;
  private final Path config;
  private final List<String> command;
  private final URI url;
  private volatile Process process;

  private DistributionServer(
      Process process, Path folder, Path config, List<String> command, URI url) {
    this.process = process;
    this.folder = folder;
    this.config = config;
    this.command = List.copyOf(command);
    this.url = url;
  }

  static DistributionServer start(
      Path home,
      @Nullable Certificates certificates,
      @Nullable String password,
      Consumer<String> progress) {
    try {
      Path folder = Files.createTempDirectory("longshore-elasticsearch");
      Path config = copyConfig(home, folder, certificates);
      int port = freePort();
      List<String> command = new ArrayList<>();
      command.add(home.resolve("bin/elasticsearch").toString());
      ServerSettings.of(certificates == null ? null : config + "/certs/")
          .forEach((name, value) -> command.add("-E" + name + "=" + value));
      if (certificates != null) {
        command.add("-Expack.security.enabled=true");
      }
      command.add("-Epath.data=" + folder.resolve("data"));
      command.add("-Epath.logs=" + folder.resolve("logs"));
      command.add("-Ehttp.port=" + port);
      command.add("-Etransport.port=" + freePort());
      command.add("-Enetwork.host=127.0.0.1");
      if (root()) {
        run(folder, config, List.of("chown", "-R", NOBODY + ":" + NOBODY, folder.toString()), "");
      }
      if (password != null) {
        String keystore = home.resolve("bin/elasticsearch-keystore").toString();
        run(folder, config, asUser(List.of(keystore, "create")), "");
        run(
            folder,
            config,
            asUser(List.of(keystore, "add", "-x", "-f", "bootstrap.password")),
            password);
      }
      progress.accept("starting Elasticsearch from " + home);
      String scheme = certificates == null ? "http" : "https";
      return new DistributionServer(
          launch(folder, config, command),
          folder,
          config,
          command,
          URI.create(scheme + "://localhost:" + port));
    } catch (IOException e) {
      throw new UncheckedIOException("Elasticsearch can't be started from " + home, e);
    }
  }

  private static Process launch(Path folder, Path config, List<String> command) throws IOException {
    Process process =
        builder(folder, config, ProductJava.ignoringInterrupts(asUser(command))).start();
    process.getOutputStream().close();
    return process;
  }

  private static boolean root() {
    return System.getProperty("user.name").equals("root");
  }

  private static List<String> asUser(List<String> command) {
    if (!root()) {
      return command;
    }
    List<String> whole =
        new ArrayList<>(
            List.of("setpriv", "--reuid=" + NOBODY, "--regid=" + NOBODY, "--clear-groups"));
    whole.addAll(command);
    return whole;
  }

  private static Path copyConfig(Path home, Path folder, @Nullable Certificates certificates)
      throws IOException {
    Path config = Files.createDirectories(folder.resolve("config"));
    Files.createDirectories(folder.resolve("tmp"));
    try (Stream<Path> files = Files.list(home.resolve("config"))) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Files.copy(file, config.resolve(file.getFileName()));
      }
    }
    if (certificates != null) {
      Path certs = Files.createDirectories(config.resolve("certs"));
      Files.copy(certificates.certificateFile(), certs.resolve(ServerSettings.CERTIFICATE));
      Files.copy(certificates.keyFile(), certs.resolve(ServerSettings.KEY));
      for (Map.Entry<String, String> file : ElasticRoles.files().entrySet()) {
        Files.writeString(config.resolve(file.getKey()), file.getValue());
      }
    }
    return config;
  }

  private static ProcessBuilder builder(Path folder, Path config, List<String> command) {
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(folder.resolve("console").toFile()));
    builder.environment().put("ES_PATH_CONF", config.toString());
    builder.environment().put("ES_TMPDIR", folder.resolve("tmp").toString());
    builder.environment().put("ES_JAVA_HOME", System.getProperty("java.home"));
    builder.environment().putAll(ServerSettings.environment());
    return builder;
  }

  private static void run(Path folder, Path config, List<String> command, String input)
      throws IOException {
    Process process = builder(folder, config, command).start();
    try (var out = process.getOutputStream()) {
      out.write(input.getBytes(StandardCharsets.UTF_8));
    }
    try {
      if (process.waitFor() != 0) {
        throw new IOException(
            String.join(" ", command) + ": " + Files.readString(folder.resolve("console")));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  @Override
  public URI url() {
    return url;
  }

  @Override
  public boolean alive() {
    return process.isAlive();
  }

  @Override
  public void crash() {
    // What was started is a launcher; the server is its child.
    List<ProcessHandle> all = new ArrayList<>(process.descendants().toList());
    all.forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
    all.forEach(it -> it.onExit().join());
    process.onExit().join();
  }

  @Override
  public void revive() {
    try {
      process = launch(folder, config, command);
    } catch (IOException e) {
      throw new UncheckedIOException("Elasticsearch can't be started again", e);
    }
  }

  @Override
  public String logTail() {
    try {
      String log = Files.readString(folder.resolve("console"));
      return log.substring(Math.max(0, log.length() - LOG_TAIL));
    } catch (IOException e) {
      return "(no log: " + e.getMessage() + ")";
    }
  }

  @Override
  public synchronized void close() {
    List<ProcessHandle> all = new ArrayList<>(process.descendants().toList());
    process.destroy();
    try {
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        all.forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
      }
      if (Files.exists(folder)) {
        Distribution.deleteAll(folder);
      }
    } catch (InterruptedException e) {
      all.forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      // What is left lies in the temporary folder of the machine.
      LoggerFactory.getLogger(DistributionServer.class)
          .atDebug()
          .setCause(e)
          .log("The folder of an Elasticsearch was not removed completely");
    }
  }
}
