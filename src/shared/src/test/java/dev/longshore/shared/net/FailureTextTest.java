package dev.longshore.shared.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.net.http.HttpTimeoutException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.charset.MalformedInputException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// A failure is told in words: no `null`, no name of a Java class.
final class FailureTextTest {

  static Stream<Throwable> failures() {
    return Stream.of(
        new ConnectException(),
        new ConnectException("Connection refused"),
        new IOException(new ConnectException()),
        new ExecutionException(new UnknownHostException("es.invalid")),
        new UnknownHostException("es.invalid: Name or service not known"),
        new UnresolvedAddressException(),
        new HttpTimeoutException("request timed out"),
        new ClosedChannelException(),
        new EOFException(),
        new NoSuchFileException("/etc/longshore/ca.crt"),
        new SSLHandshakeException(
            "(certificate_unknown) PKIX path building failed:"
                + " sun.security.provider.certpath.SunCertPathBuilderException: unable to find"),
        new IOException((String) null),
        new IOException(" "),
        new IOException("java.net.SocketException: Connection reset"),
        new IOException("Unexpected character ('<' (code 60)): expected a token 'null'"),
        new IllegalStateException(),
        new StackOverflowError());
  }

  @ParameterizedTest
  @MethodSource("failures")
  void neverSaysNullOrTheNameOfAClass(Throwable failure) {
    assertThat(FailureText.of(failure))
        .isNotBlank()
        .doesNotContain("null")
        .doesNotContainPattern("[a-z]\\.[a-z]+\\.[A-Z]")
        .doesNotContainPattern("\\w(Exception|Error)\\b");
  }

  @Test
  void saysWhatPeopleCanActOn() {
    assertThat(FailureText.of(new MalformedInputException(1))).isEqualTo("it is not UTF-8");
    assertThat(FailureText.of(new IOException(new ConnectException())))
        .isEqualTo("connection refused");
    assertThat(FailureText.of(new UnknownHostException("es.invalid: Name or service not known")))
        .isEqualTo("DNS does not know the host es.invalid");
    assertThat(FailureText.of(new NoSuchFileException("/etc/ca.crt")))
        .isEqualTo("no such file: /etc/ca.crt");
    assertThat(FailureText.of(new IOException("ca.crt can't be read", new ConnectException())))
        .isEqualTo("ca.crt can't be read");
    assertThat(FailureText.of(new IOException("java.net.SocketException: Connection reset")))
        .isEqualTo("Connection reset");
  }

  @Test
  void aFileThatIsNamedAlreadyIsNotNamedAgain() {
    Path file = Path.of("/etc/token");

    assertThat(FailureText.ofFile(file, new NoSuchFileException("/etc/token")))
        .isEqualTo("no such file");
    assertThat(FailureText.ofFile(file, new AccessDeniedException("/etc/token")))
        .isEqualTo("permission denied");
    assertThat(FailureText.ofFile(file, new IOException("Is a directory")))
        .isEqualTo("Is a directory");
  }

  @Test
  void aNewFileIsToldOfWhatIsInItsWay() {
    Path file = Path.of("/nowhere/rules.yml");

    assertThat(FailureText.ofNew(file, new NoSuchFileException("/nowhere/rules.yml")))
        .isEqualTo("there is no folder /nowhere");
    assertThat(FailureText.ofNew(file, new FileAlreadyExistsException("/nowhere/rules.yml")))
        .isEqualTo("/nowhere/rules.yml exists already; name another file");
    assertThat(FailureText.ofNew(file, new AccessDeniedException("/nowhere/rules.yml")))
        .isEqualTo("/nowhere/rules.yml can't be written: permission denied");
  }
}
