package dev.longshore.shared.web;

import dev.longshore.shared.net.FailureText;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import javax.net.ssl.SSLException;

/// Asks the port of a running product for a command. Whatever is in the way is told with the
/// address that was asked: people give the wrong port, name another server, or forget what stands
/// before it.
///
/// @param base where the product's port is reached
/// @param nobody what is said where nobody listens, before the address
/// @param hint what is said behind it
/// @param http who asks, and whom it trusts
public record ProductClient(URI base, String nobody, String hint, HttpConfigFile http) {

  /// The body of an answer with status 200.
  ///
  /// @throws IOException when there is none; the message says why, in words
  public String ask(HttpRequest request) throws IOException, InterruptedException {
    HttpResponse<String> reply = send(request);
    int status = reply.statusCode();
    if (status == 200) {
      return reply.body();
    }
    String said = reply.body().strip();
    if (status == 400 && !said.isEmpty()) {
      throw new IOException(said);
    }
    throw new IOException(
        request.uri()
            + " answers "
            + status
            + reply
                .headers()
                .firstValue("Location")
                .map(it -> ", which leads to " + it.split("[?#]", 2)[0])
                .orElse("")
            + (said.isEmpty() || said.startsWith("<") ? "" : ": " + said)
            + (status == 404 ? "; " + hint : "")
            + HttpConfigFile.hint(status));
  }

  private HttpResponse<String> send(HttpRequest request) throws IOException, InterruptedException {
    try (HttpClient client = http.client()) {
      return client.send(request, HttpResponse.BodyHandlers.ofString());
    } catch (SSLException e) {
      throw new IOException(
          base
              + ": "
              + FailureText.of(e)
              + "; say whom to trust with tls_config in "
              + HttpConfigFile.OPTION
              + " FILE",
          e);
    } catch (HttpConnectTimeoutException e) {
      // A port that speaks plain HTTP waits for the rest of what it takes for a request.
      throw new IOException(
          base
              + ": "
              + FailureText.of(e)
              + (isTls() ? "; if the port speaks plain HTTP, use http://" : ""),
          e);
    } catch (ConnectException e) {
      throw new IOException(nobody + " " + base + "; " + hint, e);
    } catch (IOException e) {
      throw new IOException(
          base
              + ": "
              + FailureText.of(e)
              + (isTls() ? "" : "; if the port speaks HTTPS, use https://"),
          e);
    }
  }

  private boolean isTls() {
    return "https".equals(base.getScheme());
  }

  /// What to say of an answer that the product does not give.
  ///
  /// @param product such as `an agent`
  public IOException isAnother(HttpRequest request, String product) {
    return new IOException(
        request.uri() + " is answered by another server than " + product + "; " + hint);
  }
}
