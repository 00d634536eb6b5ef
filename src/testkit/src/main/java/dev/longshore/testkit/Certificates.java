package dev.longshore.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;

/// A certificate authority and a server certificate for `localhost`, made for one run by the JDK's
/// `keytool` and valid for two days.
///
/// @param caFile the authority, PEM
/// @param certificateFile the server's certificate, PEM
/// @param keyFile the server's private key, PEM (PKCS #8)
public record Certificates(Path caFile, Path certificateFile, Path keyFile) {
  private static final String PASSWORD = "changeit";

  /// Makes new ones in a temporary folder.
  public static Certificates create() {
    return create("CN=Longshore test authority", 0, 2);
  }

  /// Makes new ones that are valid from `startDays` days from now, which may be negative, for
  /// `validDays` days.
  public static Certificates create(String authority, int startDays, int validDays) {
    try {
      Path folder = Files.createTempDirectory("longshore-certificates");
      folder.toFile().deleteOnExit();
      Path authorityStore = folder.resolve("authority.p12");
      Path serverStore = folder.resolve("server.p12");
      String start = (startDays < 0 ? startDays : "+" + startDays) + "d";
      List<String> life = List.of("-startdate", start, "-validity", String.valueOf(validDays));
      keytool(
          authorityStore,
          life,
          "-genkeypair",
          "-alias",
          "ca",
          "-dname",
          authority,
          "-keyalg",
          "EC",
          "-ext",
          "bc:c=ca:true");
      keytool(
          serverStore,
          life,
          "-genkeypair",
          "-alias",
          "server",
          "-dname",
          "CN=localhost",
          "-keyalg",
          "EC");
      String request = keytool(serverStore, List.of(), "-certreq", "-alias", "server");
      Path requestFile = folder.resolve("server.csr");
      Files.writeString(requestFile, request);
      String certificate =
          keytool(
              authorityStore,
              life,
              "-gencert",
              "-rfc",
              "-alias",
              "ca",
              "-infile",
              requestFile.toString(),
              "-ext",
              "san=dns:localhost,ip:127.0.0.1");
      String ca = keytool(authorityStore, List.of(), "-exportcert", "-rfc", "-alias", "ca");
      return new Certificates(
          write(folder.resolve("ca.crt"), ca),
          write(folder.resolve("server.crt"), certificate),
          write(folder.resolve("server.key"), privateKey(serverStore)));
    } catch (IOException | GeneralSecurityException e) {
      throw new IllegalStateException("certificates can't be made: " + e.getMessage(), e);
    }
  }

  private static Path write(Path file, String text) throws IOException {
    Files.writeString(file, text);
    file.toFile().deleteOnExit();
    return file;
  }

  private static String privateKey(Path store) throws IOException, GeneralSecurityException {
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(store)) {
      keys.load(in, PASSWORD.toCharArray());
    }
    Key key = keys.getKey("server", PASSWORD.toCharArray());
    return "-----BEGIN PRIVATE KEY-----\n"
        + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(key.getEncoded())
        + "\n-----END PRIVATE KEY-----\n";
  }

  private static String keytool(Path store, List<String> more, String... arguments)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    command.addAll(List.of(arguments));
    command.addAll(more);
    command.addAll(
        List.of("-keystore", store.toString(), "-storetype", "PKCS12", "-storepass", PASSWORD));
    Path errors = Files.createTempFile("longshore-keytool", ".log");
    try {
      ProcessBuilder builder = new ProcessBuilder(command).redirectError(errors.toFile());
      builder.environment().putAll(Map.of("LC_ALL", "C"));
      Process process = builder.start();
      process.getOutputStream().close();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (process.waitFor() != 0) {
        throw new IOException("keytool: " + output + Files.readString(errors));
      }
      return output;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while keytool ran", e);
    } finally {
      Files.delete(errors);
    }
  }
}
