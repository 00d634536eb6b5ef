package dev.longshore.alerting.receiver.sns;

import dev.longshore.alerting.notify.DeliveryResult;
import dev.longshore.alerting.receiver.http.HttpReply;
import dev.longshore.alerting.receiver.http.HttpResults;
import dev.longshore.alerting.receiver.http.HttpSender;
import dev.longshore.alerting.receiver.http.SecretSource;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Who we are to AWS: keys of the configuration, else of the environment, else the web identity of
/// the pod's service account (IRSA); with a role, that role is assumed.
///
/// @param region empty where the environment, or the address of what is told, says it
/// @param secretKey null without `accessKey`
/// @param roleArn empty for none
/// @param profile of a file of the AWS command line; not supported
record AwsAccess(
    String region,
    String accessKey,
    @Nullable SecretSource secretKey,
    String roleArn,
    String profile) {

  /// What came of asking for credentials.
  sealed interface Result {
    /// Keys that hold for now.
    ///
    /// @param session empty for keys that last
    record Credentials(String accessKey, String secretKey, String session) implements Result {}

    /// There are none.
    record Failed(DeliveryResult result) implements Result {}
  }

  private static final Pattern ACCESS_KEY = Pattern.compile("<AccessKeyId>([^<]+)<");
  private static final Pattern SECRET_KEY = Pattern.compile("<SecretAccessKey>([^<]+)<");
  private static final Pattern SESSION = Pattern.compile("<SessionToken>([^<]+)<");
  private static final int SESSION_SECONDS = 900;

  /// The region as configured, else of the environment.
  ///
  /// @param standard where neither says one
  String regionOr(String standard) {
    return region.isEmpty()
        ? environment("AWS_REGION", environment("AWS_DEFAULT_REGION", standard))
        : region;
  }

  private static String environment(String name, String standard) {
    String value = System.getenv(name);
    return value == null || value.isBlank() ? standard : value;
  }

  Result credentials(HttpSender sender, String inRegion) {
    if (!profile.isEmpty()) {
      return failed(
          "sigv4", "profile is not supported; write access_key and secret_key, or role_arn.");
    }
    Result.@Nullable Credentials own = own();
    String tokenFile = environment("AWS_WEB_IDENTITY_TOKEN_FILE", "");
    String sts = "https://sts." + inRegion + ".amazonaws.com/";
    if (own == null) {
      String role = roleArn.isEmpty() ? environment("AWS_ROLE_ARN", "") : roleArn;
      if (tokenFile.isEmpty() || role.isEmpty()) {
        return failed(
            "sigv4",
            "There are no credentials: neither access_key, nor AWS_ACCESS_KEY_ID, nor a web"
                + " identity.");
      }
      String token = SecretSource.file(Path.of(tokenFile)).value();
      return assumed(
          sender.post(
              sts,
              "application/x-www-form-urlencoded",
              "Action=AssumeRoleWithWebIdentity&Version=2011-06-15&DurationSeconds="
                  + SESSION_SECONDS
                  + "&RoleSessionName=longshore&RoleArn="
                  + AwsSignature.encoded(role)
                  + "&WebIdentityToken="
                  + AwsSignature.encoded(token)));
    }
    if (roleArn.isEmpty()) {
      return own;
    }
    return assumed(
        AwsSignature.post(
            sender,
            sts,
            "Action=AssumeRole&Version=2011-06-15&DurationSeconds="
                + SESSION_SECONDS
                + "&RoleSessionName=longshore&RoleArn="
                + AwsSignature.encoded(roleArn),
            "sts",
            inRegion,
            own));
  }

  private Result.@Nullable Credentials own() {
    if (secretKey != null) {
      return new Result.Credentials(accessKey, secretKey.value(), "");
    }
    String key = environment("AWS_ACCESS_KEY_ID", "");
    return key.isEmpty()
        ? null
        : new Result.Credentials(
            key, environment("AWS_SECRET_ACCESS_KEY", ""), environment("AWS_SESSION_TOKEN", ""));
  }

  private static Result assumed(HttpReply reply) {
    if (!(reply instanceof HttpReply.Answer answer) || !answer.isOk()) {
      return new Result.Failed(HttpResults.of(reply, "Amazon STS"));
    }
    String key = first(ACCESS_KEY, answer.body());
    String secret = first(SECRET_KEY, answer.body());
    return key.isEmpty() || secret.isEmpty()
        ? failed("sts", "Amazon STS gives no credentials.")
        : new Result.Credentials(key, secret, first(SESSION, answer.body()));
  }

  private static String first(Pattern pattern, String text) {
    Matcher matcher = pattern.matcher(text);
    return matcher.find() ? matcher.group(1) : "";
  }

  private static Result failed(String code, String remedy) {
    return new Result.Failed(new DeliveryResult.Misconfigured(code, remedy));
  }
}
