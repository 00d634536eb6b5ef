package dev.longshore.shared.net;

import java.io.EOFException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpTimeoutException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/// Why something failed, in words for people: never `null`, and never the name of a Java class
/// where a word says the same.
public final class FailureText {

  /// Class names that libraries put before the message of a cause.
  private static final Pattern CLASS_NAMES =
      Pattern.compile("\\b(?:[a-z][a-z0-9_]*\\.){2,}[A-Z]\\w*(?:Exception|Error)(?:: )?");

  private static final Pattern WORDS = Pattern.compile("(?<=[a-z0-9])(?=[A-Z])");

  private FailureText() {}

  /// What the outermost cause says that says something of its own, in words.
  public static String of(Throwable failure) {
    for (Throwable at = failure; at != null; at = at.getCause()) {
      String words = words(at);
      if (words != null) {
        return words;
      }
    }
    String name = failure.getClass().getSimpleName().replaceFirst("(Exception|Error)$", "");
    return name.isEmpty()
        ? "an unexpected failure"
        : WORDS.matcher(name).replaceAll(" ").toLowerCase(Locale.ROOT);
  }

  /// The same of a file that is named already.
  public static String ofFile(Path file, Throwable failure) {
    String words = of(failure);
    String end = ": " + file;
    return words.endsWith(end) ? words.substring(0, words.length() - end.length()) : words;
  }

  /// Why a new file can't be written.
  public static String ofNew(Path file, Throwable failure) {
    return switch (failure) {
      case FileAlreadyExistsException _ -> file + " exists already; name another file";
      case NoSuchFileException _ -> "there is no folder " + file.toAbsolutePath().getParent();
      default -> file + " can't be written: " + ofFile(file, failure);
    };
  }

  /// Null where it says nothing, or repeats its cause.
  private static @Nullable String words(Throwable at) {
    String known = known(at);
    if (known != null) {
      return known;
    }
    Throwable cause = at.getCause();
    String message = at.getMessage();
    if (message == null || (cause != null && message.equals(cause.toString()))) {
      return null;
    }
    if (message.startsWith("Unexpected character")) {
      return "the answer is not JSON";
    }
    if (message.startsWith("Invalid status line")) {
      return "the answer is not HTTP";
    }
    if (message.endsWith("header parser received no bytes")) {
      return "the connection was closed without an answer";
    }
    String words = CLASS_NAMES.matcher(message).replaceAll("").strip();
    return words.isEmpty() || words.equals("null") ? null : words;
  }

  /// What the JDK tells by a type, with nothing or with a bare name as the message.
  private static @Nullable String known(Throwable at) {
    return switch (at) {
      case UnknownHostException host ->
          "DNS does not know the host" + (host.getMessage() == null ? "" : " " + name(host));
      case UnresolvedAddressException _ -> "DNS does not know the host";
      case HttpConnectTimeoutException _ -> "no connection within the time limit";
      case HttpTimeoutException _ -> "no answer within the time limit";
      case SocketTimeoutException _ -> "no answer within the time limit";
      case ConnectException connect when connect.getMessage() == null ->
          isOfName(connect) ? "DNS does not know the host" : "connection refused";
      case ClosedChannelException _ -> "the connection was closed";
      case EOFException end when end.getMessage() == null -> "the connection was closed";
      case CharacterCodingException _ -> "it is not UTF-8";
      case NoSuchFileException file -> "no such file: " + file.getFile();
      case AccessDeniedException file -> "permission denied: " + file.getFile();
      case FileSystemException file when file.getReason() != null ->
          file.getReason() + ": " + file.getFile();
      case SSLException tls when String.valueOf(tls.getMessage()).contains("PKIX") ->
          "the server's certificate is not signed by a trusted authority";
      default -> null;
    };
  }

  /// The JDK's HTTP client tells of a name that is not known by a refused connection.
  private static boolean isOfName(Throwable failure) {
    for (Throwable at = failure.getCause(); at != null; at = at.getCause()) {
      if (at instanceof UnresolvedAddressException) {
        return true;
      }
    }
    return false;
  }

  private static String name(UnknownHostException host) {
    String message = String.valueOf(host.getMessage());
    int end = message.indexOf(':');
    return end < 0 ? message : message.substring(0, end);
  }
}
