package dev.longshore.agent.redact;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/// Lines with made secrets, from a seed. No secret stands in the source: each is put together from
/// its mark and random characters.
final class SecretCorpus {
  private static final String LOWER = "abcdefghijklmnopqrstuvwxyz";
  private static final String UPPER = LOWER.toUpperCase(Locale.ROOT);
  private static final String DIGITS = "0123456789";
  private static final String ALPHANUMERIC = LOWER + UPPER + DIGITS;
  private static final String URL_SAFE = ALPHANUMERIC + "-_";
  private static final String HEX = DIGITS + "abcdef";
  private static final String BASE64 = ALPHANUMERIC + "+/";

  /// @param text the line
  /// @param secret what must not be left of it
  /// @param pattern by which it is to be found
  record Line(String text, String secret, BuiltIn pattern) {}

  private final Random random;
  private final List<Line> lines = new ArrayList<>();

  SecretCorpus(long seed) {
    random = new Random(seed);
  }

  /// Tokens and keys in surroundings in which programs write them, `rounds` times each.
  List<Line> lines(int rounds) {
    for (int round = 0; round < rounds; round++) {
      tokens();
      named();
      headers();
      urls();
      privateKeys();
    }
    return List.copyOf(lines);
  }

  private void tokens() {
    String jwt =
        base64Url("{\"alg\":\"HS256\",\"typ\":\"JWT\"}")
            + "."
            + base64Url("{\"sub\":\"" + of(DIGITS, 10) + "\",\"iat\":1700000000}")
            + "."
            + of(URL_SAFE, 43);
    token(BuiltIn.JWT, jwt);
    token(BuiltIn.AWS_KEY, "AKI" + "A" + of(UPPER + "234567", 16));
    token(BuiltIn.AWS_KEY, "ASI" + "A" + of(UPPER + "234567", 16));
    token(BuiltIn.GCP_KEY, "AI" + "za" + of(URL_SAFE, 35));
    token(BuiltIn.GCP_KEY, "ya" + "29." + of(URL_SAFE, 60));
    token(BuiltIn.GCP_KEY, "GOCS" + "PX-" + of(URL_SAFE, 28));
    token(BuiltIn.AZURE_KEY, of(ALPHANUMERIC, 3) + "8Q~" + of(URL_SAFE, 34));
    token(BuiltIn.GITHUB_TOKEN, "gh" + pick("p", "o", "u", "s", "r") + "_" + of(ALPHANUMERIC, 36));
    token(
        BuiltIn.GITHUB_TOKEN,
        "github" + "_pat_" + of(ALPHANUMERIC, 22) + "_" + of(ALPHANUMERIC, 59));
    token(
        BuiltIn.GITLAB_TOKEN,
        "gl" + pick("pat", "dt", "rt", "ptt", "soat") + "-" + of(URL_SAFE, 19) + of(DIGITS, 1));
    token(BuiltIn.NPM_TOKEN, "np" + "m_" + of(ALPHANUMERIC, 36));
    token(BuiltIn.PYPI_TOKEN, "pyp" + "i-AgEIcHlwaS5vcmc" + of(URL_SAFE, 120));
    token(
        BuiltIn.SLACK_TOKEN,
        "xox" + pick("b", "p", "a", "r", "s") + "-" + of(DIGITS, 12) + "-" + of(ALPHANUMERIC, 24));
    token(
        BuiltIn.SLACK_TOKEN,
        "xap" + "p-1-A0" + of(UPPER, 9) + "-" + of(DIGITS, 12) + "-" + of(HEX, 64));
    token(
        BuiltIn.STRIPE_KEY,
        pick("sk", "rk") + "_" + pick("live", "test") + "_" + of(ALPHANUMERIC, 24));
    token(BuiltIn.STRIPE_KEY, "whse" + "c_" + of(ALPHANUMERIC, 32));
    token(BuiltIn.SERVICE_TOKEN, "S" + "G." + of(URL_SAFE, 22) + "." + of(URL_SAFE, 43));
    token(BuiltIn.SERVICE_TOKEN, "hv" + "s." + of(URL_SAFE, 90));
    token(BuiltIn.SERVICE_TOKEN, "sk-" + "ant-api03-" + of(URL_SAFE, 93) + "1A");
    token(BuiltIn.SERVICE_TOKEN, "sk-" + of(ALPHANUMERIC, 48));
    token(BuiltIn.SERVICE_TOKEN, "h" + "f_" + of(ALPHANUMERIC, 34));
    token(BuiltIn.SERVICE_TOKEN, "dck" + "r_pat_" + of(URL_SAFE, 27));
    token(BuiltIn.SERVICE_TOKEN, "do" + "p_v1_" + of(HEX, 64));
    token(BuiltIn.SERVICE_TOKEN, "shpa" + "t_" + of(HEX, 32));
    token(BuiltIn.SERVICE_TOKEN, of(DIGITS, 9) + ":A" + "A" + of(URL_SAFE, 33));
    token(BuiltIn.SERVICE_TOKEN, "gls" + "a_" + of(ALPHANUMERIC, 32) + "_" + of(HEX, 8));
    String hook = "T" + of(UPPER, 8) + "/B" + of(UPPER, 8) + "/" + of(ALPHANUMERIC, 24);
    line(
        "posting to https://hooks.slack.com/services/" + hook + " failed: 404",
        hook,
        BuiltIn.SLACK_TOKEN);
  }

  /// A token that tells what it is, wherever it stands.
  private void token(BuiltIn pattern, String token) {
    line("2026-11-28 12:00:01 INFO using " + token + " for the call", token, pattern);
    line("{\"level\":\"info\",\"msg\":\"got " + token + " from vault\",\"n\":3}", token, pattern);
    line("{\"auth\":{\"value\":\"" + token + "\"},\"ok\":true}", token, pattern);
    line("GET /v1/items?page=2&key=" + token + "&limit=10 HTTP/1.1\" 200", token, pattern);
    line("env: [A=1, X_CRED=" + token + "]", token, pattern);
    line("retry(" + token + ")", token, pattern);
    line("{\"body\":\"{\\\"id\\\":7,\\\"v\\\":\\\"" + token + "\\\"}\"}", token, pattern);
    line("first line\\n" + token, token, pattern);
    line(token, token, pattern);
  }

  private void named() {
    String key =
        pick(
            "password",
            "db_password",
            "DB_PASSWORD",
            "userPassword",
            "passwd",
            "pwd",
            "api_key",
            "apiKey",
            "X-Api-Key",
            "client_secret",
            "clientSecret",
            "aws_secret_access_key",
            "secretAccessKey",
            "access_key",
            "private_key",
            "signing-key",
            "AccountKey",
            "passphrase",
            "spring.datasource.password");
    String value = of(ALPHANUMERIC + "!#%*_-.", 15) + of(DIGITS, 1);
    line(key + "=" + value, value, BuiltIn.PASSWORD);
    line("connecting with " + key + "=" + value + " to db-1", value, BuiltIn.PASSWORD);
    line("{\"" + key + "\":\"" + value + "\",\"user\":\"app\"}", value, BuiltIn.PASSWORD);
    line("{\"req\":{\"" + key + "\" : \"" + value + "\"}}", value, BuiltIn.PASSWORD);
    line("{'user': 'app', '" + key + "': '" + value + "'}", value, BuiltIn.PASSWORD);
    line("level=info " + key + "=\"" + value + "\" user=app", value, BuiltIn.PASSWORD);
    line("Config(user=app, " + key + "=" + value + ", port=5432)", value, BuiltIn.PASSWORD);
    line(key + ": " + value, value, BuiltIn.PASSWORD);
    line("app --" + key + "=" + value + " --port 80", value, BuiltIn.PASSWORD);
    line(
        "{\"msg\":\"body: {\\\"" + key + "\\\":\\\"" + value + "\\\"}\"}", value, BuiltIn.PASSWORD);
    line("Server=db;User Id=sa;" + key + "=" + value + ";Encrypt=true", value, BuiltIn.PASSWORD);
    line(":" + key + "=>\"" + value + "\", :user=>\"app\"", value, BuiltIn.PASSWORD);
    line("POST /login?user=app&" + key + "=" + value + "&next=/ 302", value, BuiltIn.PASSWORD);
    line(
        "\u001b[36m" + key + "\u001b[0m=" + value + " \u001b[36muser\u001b[0m=app",
        value,
        BuiltIn.PASSWORD);
    String token = of(ALPHANUMERIC, 30) + "7a";
    String tokenKey =
        pick(
            "token",
            "access_token",
            "refreshToken",
            "X-Auth-Token",
            "id_token",
            "csrf_token",
            "secret");
    line(tokenKey + "=" + token, token, BuiltIn.PASSWORD);
    line("{\"" + tokenKey + "\":\"" + token + "\"}", token, BuiltIn.PASSWORD);
    line("header " + tokenKey + ": " + token, token, BuiltIn.PASSWORD);
    String account = of(BASE64, 86) + "==";
    line(
        "DefaultEndpointsProtocol=https;AccountName=shop;AccountKey=" + account + ";x=y",
        account,
        BuiltIn.PASSWORD);
    String signature = of(ALPHANUMERIC, 40) + "%3D";
    line(
        "https://shop.blob.core.windows.net/a?sv=2024-11-04&sig=" + signature + "&sp=r",
        signature,
        BuiltIn.AZURE_KEY);
  }

  private void headers() {
    String opaque = of(ALPHANUMERIC + "._~", 30) + of(DIGITS, 2);
    String basic =
        Base64.getEncoder()
            .encodeToString(("app:" + of(ALPHANUMERIC, 12)).getBytes(StandardCharsets.UTF_8));
    line("Authorization: Bearer " + opaque, opaque, BuiltIn.AUTHORIZATION);
    line("> authorization: bearer " + opaque, opaque, BuiltIn.AUTHORIZATION);
    line("{\"Authorization\":\"Bearer " + opaque + "\"}", opaque, BuiltIn.AUTHORIZATION);
    line(
        "{\"headers\":{\"authorization\":[\"Basic " + basic + "\"]}}",
        basic,
        BuiltIn.AUTHORIZATION);
    line("curl -H 'Authorization: Basic " + basic + "' https://api", basic, BuiltIn.AUTHORIZATION);
    line("map[Accept:[*/*] Authorization:[Basic " + basic + "]]", basic, BuiltIn.AUTHORIZATION);
    line("Proxy-Authorization: Basic " + basic, basic, BuiltIn.AUTHORIZATION);
    line("Authorization: token " + opaque, opaque, BuiltIn.AUTHORIZATION);
    String signature = of(HEX, 64);
    line(
        "Authorization: AWS4-HMAC-SHA256 Credential=x/20261128/eu/s3/aws4_request, Signature="
            + signature,
        signature,
        BuiltIn.AUTHORIZATION);
    String nonce = of(HEX, 32);
    line(
        "Authorization: Digest username=\"app\", response=\"" + nonce + "\"",
        nonce,
        BuiltIn.AUTHORIZATION);
  }

  private void urls() {
    String password = of(ALPHANUMERIC + "!$*-_.", 12);
    String scheme = pick("postgres", "mysql", "amqp", "mongodb+srv", "redis", "rediss", "https");
    line(
        "dial " + scheme + "://app:" + password + "@db-1:5432/shop",
        password,
        BuiltIn.URL_PASSWORD);
    line(
        "{\"dsn\":\"" + scheme + "://app:" + password + "@db-1/shop?ssl=1\"}",
        password,
        BuiltIn.URL_PASSWORD);
    line("redis://:" + password + "@cache:6379/0 connected", password, BuiltIn.URL_PASSWORD);
  }

  private void privateKeys() {
    String kind =
        pick("RSA PRIVATE", "EC PRIVATE", "PRIVATE", "OPENSSH PRIVATE", "ENCRYPTED PRIVATE");
    for (String feed : List.of("\n", "\\n", " ")) {
      StringBuilder body = new StringBuilder();
      for (int i = 0; i < 6; i++) {
        body.append(of(BASE64, 64)).append(feed);
      }
      String last = of(BASE64, 40);
      String key =
          "-----BEGIN "
              + kind
              + " KEY-----"
              + feed
              + body
              + last
              + feed
              + "-----END "
              + kind
              + " KEY-----";
      line("loaded key:" + feed + key, body.toString().strip(), BuiltIn.PRIVATE_KEY);
      line("{\"pem\":\"" + key.replace("\n", "\\n") + "\"}", last, BuiltIn.PRIVATE_KEY);
    }
  }

  private void line(String text, String secret, BuiltIn pattern) {
    if (!text.contains(secret) && pattern != BuiltIn.PRIVATE_KEY) {
      throw new IllegalStateException(text);
    }
    lines.add(new Line(text, secret, pattern));
  }

  private String pick(String... from) {
    return from[random.nextInt(from.length)];
  }

  private String of(String alphabet, int count) {
    StringBuilder text = new StringBuilder(count);
    for (int i = 0; i < count; i++) {
      text.append(alphabet.charAt(random.nextInt(alphabet.length())));
    }
    return text.toString();
  }

  private static String base64Url(String text) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }
}
