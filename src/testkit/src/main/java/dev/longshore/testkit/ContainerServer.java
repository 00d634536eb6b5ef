package dev.longshore.testkit;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.CreateContainerCmd;
import com.github.dockerjava.api.command.PullImageResultCallback;
import com.github.dockerjava.api.exception.DockerClientException;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.model.ExposedPort;
import com.github.dockerjava.api.model.HostConfig;
import com.github.dockerjava.api.model.PortBinding;
import com.github.dockerjava.api.model.Ports;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.AbstractWaitStrategy;
import org.testcontainers.images.builder.Transferable;
import org.testcontainers.utility.DockerImageName;
import org.testcontainers.utility.MountableFile;

/// Elasticsearch in a container of Elastic's public image. The container goes with this process:
/// Testcontainers' own reaper, which needs another image, is switched off by the environment of the
/// tests and of the script.
final class ContainerServer implements ElasticsearchServer.ServerProcess {
  private static final int PORT = 9200;
  private static final String HOME = "/usr/share/elasticsearch/";
  private static final String CONFIGURATION = HOME + "config/";
  private static final String CERTIFICATES = CONFIGURATION + "certs/";
  private static final int LOG_TAIL = 8_000;
  private static final String IMAGE = "docker.elastic.co/elasticsearch/elasticsearch:";
  private static final String SEARCH_FOR_ENGINES =
      "org.testcontainers.dockerclient.DockerClientProviderStrategy";
  private static final Duration PULL_LIMIT = Duration.ofMinutes(10);

  private final GenericContainer<?> container;
  private final boolean tls;
  private volatile int port;

  private ContainerServer(GenericContainer<?> container, boolean tls) {
    this.container = container;
    this.tls = tls;
    this.port = publishedPort(container);
  }

  /// Whether a Docker engine answers: the one that `DOCKER_HOST` names, when it names one.
  static boolean engineAnswers() {
    // That none answers is no failure here, and who asks says it in a line of its own.
    if (LoggerFactory.getLogger(SEARCH_FOR_ENGINES) instanceof Logger log) {
      log.setLevel(Level.OFF);
    }
    DockerClientFactory engines = DockerClientFactory.instance();
    if (!engines.isDockerAvailable()) {
      return false;
    }
    String wanted = System.getenv("DOCKER_HOST");
    return wanted == null
        || wanted.isBlank()
        || URI.create(wanted).equals(engines.getTransportConfig().getDockerHost());
  }

  /// @throws IllegalStateException when the engine has no such image and can't get it, or can't run
  ///   it; the message says why
  @SuppressWarnings("resource") // closed by close()
  static ContainerServer start(
      String version,
      @Nullable Certificates certificates,
      @Nullable String password,
      Consumer<String> progress) {
    String image = IMAGE + version;
    fetch(image, progress);
    progress.accept("starting a container of Elasticsearch " + version);
    GenericContainer<?> container =
        new WithAnalysis(DockerImageName.parse(image))
            .withExposedPorts(PORT)
            .withCreateContainerCmdModifier(ContainerServer::loopbackOnly)
            .withEnv(ServerSettings.environment())
            .waitingFor(new NoWait());
    ServerSettings.of(certificates == null ? null : CERTIFICATES).forEach(container::withEnv);
    if (certificates != null && password != null) {
      container
          .withEnv("ELASTIC_PASSWORD", password)
          .withCopyFileToContainer(
              MountableFile.forHostPath(certificates.certificateFile(), 0644),
              CERTIFICATES + ServerSettings.CERTIFICATE)
          .withCopyFileToContainer(
              MountableFile.forHostPath(certificates.keyFile(), 0644),
              CERTIFICATES + ServerSettings.KEY);
      ElasticRoles.files()
          .forEach(
              (name, text) ->
                  container.withCopyToContainer(Transferable.of(text, 0644), CONFIGURATION + name));
    }
    try {
      container.start();
    } catch (RuntimeException e) {
      container.stop();
      throw new IllegalStateException(image + " can't be started: " + deepest(e), e);
    }
    return new ContainerServer(container, certificates != null);
  }

  /// Testcontainers would try again for two minutes.
  private static void fetch(String image, Consumer<String> progress) {
    DockerClient engine = DockerClientFactory.instance().client();
    try {
      engine.inspectImageCmd(image).exec();
      return;
    } catch (NotFoundException absent) {
      progress.accept("pulling " + image);
    }
    try {
      boolean pulled =
          engine
              .pullImageCmd(image)
              .exec(new PullImageResultCallback())
              .awaitCompletion(PULL_LIMIT.toSeconds(), TimeUnit.SECONDS);
      if (!pulled) {
        throw new IllegalStateException(
            image + " was not there after " + PULL_LIMIT.toMinutes() + " minutes");
      }
    } catch (DockerException | DockerClientException e) {
      throw new IllegalStateException(image + " can't be pulled: " + deepest(e), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while " + image + " was being pulled", e);
    }
  }

  private static String deepest(Throwable failure) {
    Throwable cause = failure;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    return String.valueOf(cause.getMessage());
  }

  private static void loopbackOnly(CreateContainerCmd command) {
    Objects.requireNonNull(command.getHostConfig(), HostConfig.class.getSimpleName())
        .withPortBindings(
            new PortBinding(Ports.Binding.bindIp("127.0.0.1"), ExposedPort.tcp(PORT)));
  }

  @Override
  public URI url() {
    return URI.create((tls ? "https" : "http") + "://localhost:" + port);
  }

  /// The engine chooses it anew at each start.
  private static int publishedPort(GenericContainer<?> container) {
    Ports.Binding[] bindings =
        container
            .getCurrentContainerInfo()
            .getNetworkSettings()
            .getPorts()
            .getBindings()
            .get(ExposedPort.tcp(PORT));
    if (bindings == null || bindings.length == 0) {
      throw new IllegalStateException("the container publishes no port " + PORT);
    }
    return Integer.parseInt(bindings[0].getHostPortSpec());
  }

  @Override
  public void crash() {
    container.getDockerClient().killContainerCmd(container.getContainerId()).exec();
  }

  @Override
  public void revive() {
    container.getDockerClient().startContainerCmd(container.getContainerId()).exec();
    port = publishedPort(container);
  }

  @Override
  public boolean alive() {
    return Boolean.TRUE.equals(container.getCurrentContainerInfo().getState().getRunning());
  }

  @Override
  public String logTail() {
    String log = container.getLogs();
    return log.substring(Math.max(0, log.length() - LOG_TAIL));
  }

  @Override
  public void close() {
    container.stop();
  }

  /// Gets [AnalysisPlugin] before it starts, where the image comes without the module.
  private static final class WithAnalysis extends GenericContainer<WithAnalysis> {
    private WithAnalysis(DockerImageName image) {
      super(image);
    }

    @Override
    protected void containerIsCreated(String containerId) {
      if (!hasModule(containerId)) {
        String folder = HOME + "plugins/" + AnalysisPlugin.NAME + "/";
        AnalysisPlugin.files()
            .forEach(
                (name, bytes) -> copyFileToContainer(Transferable.of(bytes, 0644), folder + name));
      }
    }

    private boolean hasModule(String containerId) {
      String module = HOME + "modules/" + AnalysisPlugin.MODULE;
      try {
        getDockerClient().copyArchiveFromContainerCmd(containerId, module).exec().close();
        return true;
      } catch (NotFoundException absent) {
        return false;
      } catch (IOException e) {
        throw new UncheckedIOException("the modules of " + getDockerImageName(), e);
      }
    }
  }

  /// Whether it is ready is asked of the server itself.
  private static final class NoWait extends AbstractWaitStrategy {
    @Override
    protected void waitUntilReady() {}
  }
}
