package dev.longshore.alerting.receiver.email;

import dev.longshore.alerting.receiver.ReceiverKind;
import dev.longshore.alerting.receiver.http.HttpKeys;
import dev.longshore.alerting.receiver.http.HttpSettings;
import dev.longshore.alerting.receiver.http.SecretSource;
import dev.longshore.alerting.receiver.http.Secrets;
import dev.longshore.alerting.receiver.posted.EntryKeys;
import dev.longshore.alerting.receiver.posted.Guard;
import dev.longshore.alerting.receiver.posted.PostedIntegration;
import dev.longshore.shared.config.Section;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// `email_configs`.
public final class EmailReceiver implements ReceiverKind {
  private static final Pattern SMARTHOST =
      Pattern.compile("(\\[[^\\]]+\\]|[^:\\s]*):([0-9]{1,5}|[a-z]+)");
  private static final int MOST_PORTS = 65_535;

  /// The services of mail, by which ports may be named.
  private static final Map<String, Integer> SERVICES =
      Map.of("smtp", 25, "smtps", 465, "submission", 587, "submissions", 465);

  @Override
  public String name() {
    return "email";
  }

  /// What `global` says for all entries.
  private record Defaults(
      String from,
      String smarthost,
      String hello,
      String username,
      @Nullable SecretSource password,
      @Nullable SecretSource secret,
      String identity,
      boolean requireTls,
      boolean implicitTls,
      HttpSettings.Tls tls) {}

  @Override
  public Reader reader(Section global, HttpSettings http, Path folder) {
    Defaults defaults =
        new Defaults(
            orEmpty(global, "smtp_from"),
            smarthost(global, "smtp_smarthost", ""),
            text(global, "smtp_hello", "localhost"),
            orEmpty(global, "smtp_auth_username"),
            Secrets.textOrFile(global, "smtp_auth_password", "smtp_auth_password_file", folder),
            Secrets.textOrFile(global, "smtp_auth_secret", "smtp_auth_secret_file", folder),
            orEmpty(global, "smtp_auth_identity"),
            global.bool("smtp_require_tls", true, ""),
            global.bool("smtp_force_implicit_tls", false, ""),
            HttpKeys.tls(global, "smtp_tls_config", folder));
    return entry -> read(entry, defaults, folder);
  }

  private PostedIntegration read(Section entry, Defaults defaults, Path folder) {
    EntryKeys keys =
        new EntryKeys(entry, folder)
            .required("to")
            .template("from", defaults.from)
            .template("html", "{{ template \"email.default.html\" . }}")
            .templates("text");
    headers(entry, keys);
    if (keys.text("from").isEmpty()) {
      entry.problem("from", "is missing; write it here, or smtp_from under global");
    }
    String smarthost = smarthost(entry, "smarthost", defaults.smarthost);
    if (smarthost.isEmpty()) {
      entry.problem(
          "smarthost", "is missing; write host:port here, or smtp_smarthost under global");
    }
    Section threading = entry.section("threading", "");
    boolean threaded = threading.bool("enabled", false, "");
    boolean implicit = entry.bool("force_implicit_tls", defaults.implicitTls, "");
    HttpSettings.Tls tls =
        entry.isAbsent("tls_config") ? defaults.tls : HttpKeys.tls(entry, "tls_config", folder);
    SmtpServer server =
        new SmtpServer(
            smarthost,
            text(entry, "hello", defaults.hello),
            text(entry, "auth_username", defaults.username),
            own(entry, "auth_password", defaults.password, folder),
            own(entry, "auth_secret", defaults.secret, folder),
            text(entry, "auth_identity", defaults.identity),
            entry.bool("require_tls", defaults.requireTls, ""),
            implicit || smarthost.endsWith(":465"),
            tls);
    return keys.integration(
        name(),
        false,
        Guard.HTML,
        HttpSettings.by(tls),
        new EmailMessages(
            server,
            threaded,
            threading
                .oneOf("thread_by_date", "daily", List.of("daily", "none"), "")
                .equals("daily")));
  }

  /// Headers by their names, as mail has them: whatever their case. `Subject` is there always.
  private static void headers(Section entry, EntryKeys keys) {
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("subject", "{{ template \"email.default.subject\" . }}");
    List<String> seen = new ArrayList<>();
    for (Map.Entry<String, String> header : entry.texts("headers", "").entrySet()) {
      String name = header.getKey().toLowerCase(Locale.ROOT);
      if (seen.contains(name)) {
        entry.problem("headers", "the header '" + header.getKey() + "' is there twice");
      }
      if (!name.matches("[!-9;-~]+") || header.getValue().contains("\n")) {
        entry.problem("headers", "'" + header.getKey() + "' can't be a header of a mail");
        continue;
      }
      seen.add(name);
      headers.put(name.equals("subject") ? name : header.getKey(), header.getValue());
    }
    headers.forEach((name, text) -> keys.put("headers." + name, text));
  }

  private static @Nullable SecretSource own(
      Section entry, String key, @Nullable SecretSource standard, Path folder) {
    SecretSource own = Secrets.textOrFile(entry, key, key + "_file", folder);
    return own == null ? standard : own;
  }

  /// Host and port; as in Go, no host is this machine, and a port may have a name.
  private static String smarthost(Section section, String key, String standard) {
    String text = orEmpty(section, key).strip();
    if (text.isEmpty()) {
      return standard;
    }
    Matcher matcher = SMARTHOST.matcher(text);
    if (matcher.matches()) {
      String port = matcher.group(2);
      int number =
          Character.isDigit(port.charAt(0))
              ? Integer.parseInt(port)
              : SERVICES.getOrDefault(port, 0);
      if (number > 0 && number <= MOST_PORTS) {
        return (matcher.group(1).isEmpty() ? "localhost" : matcher.group(1)) + ":" + number;
      }
    }
    section.problem(key, "is not host:port; write it as mail.example.com:587");
    return standard;
  }

  private static String orEmpty(Section section, String key) {
    return text(section, key, "");
  }

  private static String text(Section section, String key, String standard) {
    String text = section.optionalText(key);
    return text == null ? standard : text;
  }
}
