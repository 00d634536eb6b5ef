package dev.longshore.alerting.receiver.email;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/// A mail server that keeps what it gets: RFC 5321 without TLS, with AUTH PLAIN and LOGIN.
final class SmtpStandIn implements AutoCloseable {
  final List<String> recipients = new CopyOnWriteArrayList<>();
  final List<String> mails = new CopyOnWriteArrayList<>();

  /// What it wants; null for no login.
  volatile @Nullable String password;

  /// What it answers to `RCPT TO`.
  volatile String toRecipients = "250 OK";

  /// A recipient that it knows nothing of; empty for none.
  volatile String unknown = "";

  /// What it answers to a mail.
  volatile String toMails = "250 OK";

  /// The lines of all mails, as they came.
  final List<String> lines = new CopyOnWriteArrayList<>();

  private final ServerSocket socket;

  private SmtpStandIn(ServerSocket socket) {
    this.socket = socket;
  }

  static SmtpStandIn start() throws IOException {
    SmtpStandIn server = new SmtpStandIn(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()));
    Thread.startVirtualThread(server::accept);
    return server;
  }

  int port() {
    return socket.getLocalPort();
  }

  private void accept() {
    while (!socket.isClosed()) {
      try {
        Socket client = socket.accept();
        Thread.startVirtualThread(() -> serve(client));
      } catch (IOException closed) {
        return;
      }
    }
  }

  private void serve(Socket client) {
    try (client;
        BufferedReader in =
            new BufferedReader(
                new InputStreamReader(client.getInputStream(), StandardCharsets.UTF_8));
        PrintWriter out = new PrintWriter(client.getOutputStream(), true, StandardCharsets.UTF_8)) {
      say(out, "220 stand-in ESMTP");
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        String command = line.toUpperCase(Locale.ROOT);
        if (command.startsWith("EHLO")) {
          say(out, password == null ? "250 stand-in" : "250-stand-in\r\n250 AUTH PLAIN LOGIN");
        } else if (command.startsWith("AUTH LOGIN")) {
          say(out, "334 VXNlcm5hbWU6");
          in.readLine();
          say(out, "334 UGFzc3dvcmQ6");
          login(out, decoded(String.valueOf(in.readLine())));
        } else if (command.startsWith("AUTH PLAIN")) {
          String all = decoded(line.substring("AUTH PLAIN ".length()));
          login(out, all.substring(all.lastIndexOf('\0') + 1));
        } else if (command.startsWith("RCPT TO:")) {
          String recipient = line.substring("RCPT TO:".length());
          String answer = recipient.equals(unknown) ? "550 5.1.1 no such user" : toRecipients;
          if (answer.startsWith("250")) {
            recipients.add(recipient);
          }
          say(out, answer);
        } else if (command.equals("DATA")) {
          say(out, "354 go on");
          mails.add(data(in));
          say(out, toMails);
        } else if (command.equals("QUIT")) {
          say(out, "221 bye");
          return;
        } else {
          say(out, "250 OK");
        }
      }
    } catch (IOException e) {
      // The client is gone.
      return;
    }
  }

  private void login(PrintWriter out, String given) {
    say(out, given.equals(password) ? "235 OK" : "535 5.7.8 bad credentials");
  }

  private static String decoded(String base64) {
    return new String(Base64.getDecoder().decode(base64), StandardCharsets.UTF_8);
  }

  /// A mail, its folded lines and its quoted-printable ones put together again.
  private String data(BufferedReader in) throws IOException {
    StringBuilder mail = new StringBuilder();
    for (String line = in.readLine(); line != null && !line.equals("."); line = in.readLine()) {
      lines.add(line);
      mail.append(line.startsWith(".") ? line.substring(1) : line).append('\n');
    }
    int body = mail.indexOf("\n\n");
    return mail.substring(0, body).replaceAll("\n[ \t]+", " ")
        + mail.substring(body).replace("=\n", "").replace("=3D", "=");
  }

  private static void say(PrintWriter out, String line) {
    out.print(line + "\r\n");
    out.flush();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
