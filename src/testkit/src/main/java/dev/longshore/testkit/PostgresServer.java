package dev.longshore.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/// A real PostgreSQL, Debian's package `postgresql`, as a process on a port of this machine's
/// loopback interface, with a folder of its own for its data. It has one user, who may everything.
///
/// PostgreSQL does not run as root: where the tests do, it runs as the package's user `postgres`.
/// [#stop] and [#start] take it away and bring it back on the same port and data.
public final class PostgresServer implements AutoCloseable {
  public static final String USER = "longshore";
  public static final String PASSWORD = "keel-5c4b";

  private static final Path PACKAGE = Path.of("/usr/lib/postgresql");
  private static final int LOG_TAIL = 4_000;

  private final Path folder;
  private final Path programs;
  private final int port;
  private final AtomicInteger databases = new AtomicInteger();
  private Optional<Process> process = Optional.empty();

  private PostgresServer(Path folder, Path programs, int port) {
    this.folder = folder;
    this.programs = programs;
    this.port = port;
  }

  /// The server that all tests of this JVM share. It is started by the first who asks and ends with
  /// the JVM; who uses it takes databases of their own, and does not stop it.
  public static PostgresServer shared() {
    return Shared.SERVER;
  }

  /// Makes a database and starts it, and waits until it takes connections.
  ///
  /// @throws IllegalStateException when it is not installed, with what to do
  public static PostgresServer create() throws IOException {
    Path programs = programs();
    // Not below a folder that only root may enter.
    Path folder = Files.createTempDirectory(Path.of("/tmp"), "longshore-postgres-");
    PostgresServer server = new PostgresServer(folder, programs, FreePorts.one());
    Path password = Files.writeString(folder.resolve("password"), PASSWORD);
    if (isRoot()) {
      for (Path path : List.of(folder, password)) {
        Files.setOwner(
            path,
            path.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName("postgres"));
      }
    }
    server.run(
        "initdb",
        "--pgdata=" + server.data(),
        "--username=" + USER,
        "--pwfile=" + password,
        "--auth=scram-sha-256",
        "--encoding=UTF8",
        "--locale=C",
        "--no-sync");
    server.start();
    return server;
  }

  /// The folder of the package's programs of the newest version.
  private static Path programs() throws IOException {
    if (Files.isDirectory(PACKAGE)) {
      try (Stream<Path> versions = Files.list(PACKAGE)) {
        Optional<Path> newest =
            versions
                .map(version -> version.resolve("bin"))
                .filter(bin -> Files.isExecutable(bin.resolve("initdb")))
                .max(Path::compareTo);
        if (newest.isPresent()) {
          return newest.get();
        }
      }
    }
    throw new IllegalStateException(
        "PostgreSQL is not installed; run: apt-get install -y --no-install-recommends postgresql");
  }

  private static boolean isRoot() throws IOException {
    return Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0);
  }

  private Path data() {
    return folder.resolve("data");
  }

  private ProcessBuilder program(String name, String... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    if (isRoot()) {
      command.addAll(
          List.of("setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", "--"));
    }
    command.add(programs.resolve(name).toString());
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command)
        .directory(folder.toFile())
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(folder.resolve("log").toFile()));
  }

  private void run(String name, String... arguments) throws IOException {
    Process run = program(name, arguments).start();
    run.getOutputStream().close();
    if (run.onExit().join().exitValue() != 0) {
      throw new IOException(name + " failed: " + logTail());
    }
  }

  /// Starts it again after [#stop], and waits until it takes connections.
  public void start() throws IOException {
    Process started =
        program(
                "postgres",
                "-D",
                data().toString(),
                "-c",
                "listen_addresses=127.0.0.1",
                "-c",
                "port=" + port,
                "-c",
                "unix_socket_directories=",
                "-c",
                "fsync=off",
                "-c",
                "shared_buffers=16MB")
            .start();
    started.getOutputStream().close();
    process = Optional.of(started);
    try {
      for (int tries = 0; tries < 300; tries++) {
        if (started.waitFor(100, TimeUnit.MILLISECONDS)) {
          throw new IOException("postgres ended with " + started.exitValue() + ": " + logTail());
        }
        Process ready =
            program("pg_isready", "--host=127.0.0.1", "--port=" + port, "--quiet").start();
        if (ready.waitFor() == 0) {
          return;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
    throw new IOException("postgres takes no connections after 30 s: " + logTail());
  }

  /// Ends it with its connections; data and port stay.
  public void stop() throws IOException {
    if (process.isPresent()) {
      Process running = process.get();
      process = Optional.empty();
      // SIGQUIT ends it at once; what was committed is recovered at the start.
      run("pg_ctl", "stop", "--pgdata=" + data(), "--mode=immediate");
      running.onExit().join();
    }
  }

  public int port() {
    return port;
  }

  /// Makes an empty database with a name of its own.
  ///
  /// @return its URL for JDBC
  public String createDatabase() throws IOException {
    return createDatabase("test_" + databases.incrementAndGet());
  }

  /// Makes an empty database.
  ///
  /// @return its URL for JDBC
  public String createDatabase(String name) throws IOException {
    ProcessBuilder create =
        program("createdb", "--host=127.0.0.1", "--port=" + port, "--username=" + USER, name);
    create.environment().put("PGPASSWORD", PASSWORD);
    Process run = create.start();
    if (run.onExit().join().exitValue() != 0) {
      throw new IOException("createdb failed: " + logTail());
    }
    return "jdbc:postgresql://127.0.0.1:" + port + "/" + name;
  }

  private String logTail() throws IOException {
    String text = Files.readString(folder.resolve("log"));
    return text.substring(Math.max(0, text.length() - LOG_TAIL));
  }

  @Override
  public void close() throws IOException {
    stop();
    Trees.delete(folder);
  }

  /// Started when it is asked for first.
  private static final class Shared {
    static final PostgresServer SERVER = start();

    private Shared() {}

    private static PostgresServer start() {
      try {
        PostgresServer server = create();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> end(server), "postgres-stop"));
        return server;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    private static void end(PostgresServer server) {
      try {
        server.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
