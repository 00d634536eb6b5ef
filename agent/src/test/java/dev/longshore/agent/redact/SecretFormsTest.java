package dev.longshore.agent.redact;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Whatever notation a secret is written in, no piece of it is left.
class SecretFormsTest {
  private static final String LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
  private static final String HEX = "0123456789abcdef";
  private static final Random RANDOM = new Random(20261201);

  /// `§` stands for the secret.
  @ParameterizedTest
  @ValueSource(
      strings = {
        // Languages.
        "password=b'§' user=x",
        "{'user': u'x', u'password': u'§'}",
        "{'user': b'x', b'password': b'§'}",
        "Login { user: \"a\", password: Some(\"§\") }",
        "{\"msg\":\"Login { password: Some(\\\"§\\\") }\",\"n\":1}",
        "password := \"§\"",
        "http.Header{\"X-Api-Key\":[]string{\"§\"}}",
        "PASSWORD=$'§' run",
        "INSERT password=N'§'",
        "password\t= §",
        // Quotes within the value.
        "connection.password: 'it\\'s§'",
        "host=db password='a\\'b §' dbname=x",
        "password='it''s§' host=x",
        "{\"msg\":\"password='it\\\\'s§' host=x\"}",
        "Password=\"a\"\"b§\";User=1",
        // Braces of ODBC and JDBC.
        "Driver={ODBC};PWD={§};Uid=x",
        "jdbc:sqlserver://h:1433;user=sa;password={ab;§};x=1",
        // JSON within JSON as .NET and PHP write it, and within HTML.
        "{\"Message\":\"body {\\u0022password\\u0022:\\u0022§\\u0022}\"}",
        "{\"Message\":\"{\\u0022apiKey\\u0022: \\u0022§\\u0022, \\u0022a\\u0022:1}\"}",
        "{\"Message\":\"{\\u0022password\\u0022:\\u0022a\\\\\\u0022§\\u0022}\"}",
        "body {\\u0022password\\u0022:\\u0022§\\u0022}",
        "value=\"{&quot;password&quot;:&quot;§&quot;}\"",
        "{&#34;password&#34;:&#34;§&#34;}",
        // A name and its value apart.
        "{\"env\":[{\"name\":\"DB_PASSWORD\",\"value\":\"§\"},{\"name\":\"A\",\"value\":\"b\"}]}",
        "{\"msg\":\"[{\\\"key\\\":\\\"API_TOKEN\\\", \\\"value\\\":\\\"§\\\"}]\"}",
        // Names.
        "dbpass=§",
        "storepass=§ alias=x",
        "bindpw: §",
        "ldap.bind_pw=§",
        "{\"login\":{\"pw\":\"§\"}}",
        "{\"passwords\":[\"§\"]}",
        "SECRET_KEY_BASE=§",
        "DD_APP_KEY=§",
        "DD-APPLICATION-KEY: §",
        "Ocp-Apim-Subscription-Key: §",
        "x-functions-key: §",
        "NEW_RELIC_LICENSE_KEY=§",
        "APP_KEY=base64:§",
        "X-Registry-Auth: §",
        // A slash in a URL's password.
        "postgres://user:pa/§@h/db",
        "http://user:§@[2001:db8::1]:80/"
      })
  void findsAValueInEachNotation(String line) {
    String secret = "hunter2" + of(LETTERS, 12);

    assertThat(Redacted.byDefault().of(line.replace("§", secret)))
        .contains("[redacted]")
        .doesNotContain(secret.substring(12), "hunter2");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        // XML's elements.
        "<db><user>app</user><password>§</password></db>",
        "<clientSecret>\n  §\n</clientSecret>",
        "<password><![CDATA[§]]></password>",
        "<cfg:Password>§</cfg:Password>",
        "<wsse:Password Type=\"http://docs.oasis-open.org/x#PasswordText\">§</wsse:Password>",
        "<Password encoding='x'><![CDATA[§]]></Password>",
        "<api-token ttl=\"1h\">§</api-token>",
        "{\"body\":\"<login user=\\\"a\\\"><password>§</password></login>\"}",
        "{\"body\":\"<password a=\\\"b\\\">§<\\/password>\"}",
        // Elements and attributes that name their value.
        "<add key=\"Password\" value=\"§\"/>",
        "<add key='DbPassword' value='§' />",
        "<property name=\"password\" value=\"§\"/>",
        "<property name=\"hibernate.connection.password\">§</property>",
        "<entry key=\"db.password\">§</entry>",
        "<name>javax.jdo.option.ConnectionPassword</name>\n  <value>§</value>",
        "<param-name>password</param-name><value>§</value>",
        "<input type=\"password\" name=\"password\" value=\"§\">",
        "{\"m\":\"<property name=\\\"password\\\" value=\\\"§\\\"/>\"}",
        // Names and values in other notations.
        "EnvVar{Name:DB_PASSWORD,Value:§,ValueFrom:nil,}",
        "env [{Name:DB_PASSWORD Value:§ ValueFrom:nil}]",
        "- name: DB_PASSWORD\n  value: §",
        "{\"pod\":\"- name: DB_PASSWORD\\n  value: \\\"§\\\"\\n\"}",
        "Parameter{name='password', value='§'}",
        "NameValuePair [name=password, value=§]",
        // Fields of forms, sentences.
        "POST utf8=1&user%5Bpassword%5D=§&commit=1",
        "user%5bpassword%5d=§",
        "Temporary password is: §",
        "The admin password is: \"§\"",
        "REDISCLI_AUTH=§ redis-cli"
      })
  void findsAValueInElementsAndNamedValues(String line) {
    String secret = "hunter2" + of(LETTERS, 12);
    String shipped = Redacted.byDefault().of(line.replace("§", secret));

    assertThat(shipped).isEqualTo(line.replace("§", "[redacted]"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Authorization: GenieKey §",
        "Authorization: SSWS §",
        "Authorization: SharedKey account:§",
        "Authorization: Api-Key §",
        "Authorization: Bot §",
        "Authorization: AWS AKI" + "AABCDEFGHIJKLMNOP:§",
        "Authorization: HMAC-SHA256 §",
        "Authorization: Token token=\"§\"",
        "Authorization: Token token=\"§\", app=\"x\"",
        "Authorization: Signature keyId=\"a\",signature=\"§\"",
        "Authorization: hmac username=\"a\", signature=\"§\"",
        "authorization=SharedAccessSignature sr=x&sig=§&se=1",
        "{\"authorization\":\"SSWS §\"}",
        "{\"headers\":{\"Authorization\":[\"Splunk §\"]}}",
        "> Cookie: session=§; theme=dark",
        "Cookie: theme=dark; session=§",
        "Set-Cookie: JSESSIONID=§; Path=/; HttpOnly",
        "{\"headers\":{\"cookie\":\"sid=§\"}}",
        "{\"headers\":{\"set-cookie\":[\"sid=§; Path=/\"]}}",
        "https://shop.s3.amazonaws.com/a?X-Amz-Signature=§&x=1",
        "https://storage.googleapis.com/b/o?X-Goog-Signature=§",
        "https://shop.cloudfront.net/a?Expires=1&Signature=§&Key-Pair-Id=K1"
      })
  void findsCredentialsOfEachScheme(String line) {
    String secret = of(HEX, 40) + "7a";

    assertThat(Redacted.byDefault().of(line.replace("§", secret))).doesNotContain(secret);
  }

  @Test
  void leavesOfCookiesWhatIsNoSession() {
    assertThat(Redacted.byDefault().of("Set-Cookie: sid=" + of(HEX, 40) + "7a; Path=/; HttpOnly"))
        .isEqualTo("Set-Cookie: sid=[redacted]; Path=/; HttpOnly");
  }

  @Test
  void findsBase64OfSecretsOfKubernetesAndDocker() {
    Redacted redacted = Redacted.byDefault();
    String password = base64("hunterPass");
    String login = base64("user:hunterhunter");

    assertThat(password).as("letters alone").matches("[A-Za-z]+==");
    assertThat(redacted.of("data:\n  password: " + password)).endsWith("password: [redacted]");
    assertThat(redacted.of("{\"auths\":{\"ghcr.io\":{\"auth\":\"" + login + "\"}}}"))
        .contains("\"auth\":\"[redacted]\"");
    assertThat(redacted.of("//npm.shop.example/:_auth=" + login)).endsWith("_auth=[redacted]");
    assertThat(redacted.of("auth=" + base64("none") + " auth: ldap")).doesNotContain("[redacted]");
  }

  static List<String> tokens() {
    return List.of(
        "sk-" + "admin-" + token(60),
        "sk-" + "or-v1-" + of(HEX, 62) + "7a",
        "sk-" + of(HEX, 30) + "7a",
        "gs" + "k_" + token(52),
        "xa" + "i-" + token(80),
        "pp" + "lx-" + token(48),
        "r" + "8_" + token(37),
        "pc" + "sk_" + token(6) + "_" + token(60),
        "ls" + "v2_pt_" + of(HEX, 30) + "7a_" + of(HEX, 10),
        "AB" + "SK" + token(60) + "/+" + token(66) + "=",
        "gl" + "pat-" + token(27) + ".01.1" + of(HEX, 8),
        "dc" + "kr_oat_" + token(32),
        "da" + "pi" + of(HEX, 30) + "7a-2",
        "gl" + "c_" + token(100) + "==",
        "NR" + "II-" + token(32),
        "xk" + "eysib-" + of(HEX, 62) + "7a-" + token(16),
        "M" + "TIzNDU2Nzg5MDEyMzQ1Njc4." + token(6) + "." + token(38),
        "1/" + "/0g" + token(60),
        "HR" + "KU-AA" + token(60),
        "fm" + "2_" + token(100),
        "AGE-" + "SECRET-KEY-1" + of("QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L", 58),
        "wh" + "sec_" + token(11) + "/" + token(14) + "+" + token(8),
        "fi" + "gd_" + token(40),
        "CF" + "PAT-" + token(43),
        "nf" + "p_" + token(36),
        "ph" + "x_" + token(43),
        "EA" + "AC" + token(150),
        "dp" + ".st.prd." + token(43));
  }

  @ParameterizedTest
  @MethodSource("tokens")
  void findsTokensOfServices(String token) {
    Redacted redacted = Redacted.byDefault();

    assertThat(redacted.of("using " + token + " for it")).isEqualTo("using [redacted] for it");
    assertThat(redacted.of("{\"m\":\"a\\n" + token + "\"}"))
        .isEqualTo("{\"m\":\"a\\n[redacted]\"}");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://discord.com/api/webhooks/123456789012345678/§",
        "https://x.webhook.office.com/webhookb2/a@b/IncomingWebhook/§/a1b2",
        "https://hooks.slack.com/triggers/T1/123456/§"
      })
  void findsTheSecretPartOfWebhooks(String line) {
    String secret = token(60);

    assertThat(Redacted.byDefault().of(line.replace("§", secret))).doesNotContain(secret);
  }

  private static String token(int length) {
    return of(LETTERS, length - 2) + "7a";
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  private static String of(String alphabet, int count) {
    StringBuilder text = new StringBuilder(count);
    for (int i = 0; i < count; i++) {
      text.append(alphabet.charAt(RANDOM.nextInt(alphabet.length())));
    }
    return text.toString();
  }
}
