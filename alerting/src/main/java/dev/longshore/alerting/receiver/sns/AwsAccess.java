package dev.longshore.alerting.receiver.sns;

import dev.longshore.alerting.notify.DeliveryResult;
import dev.longshore.alerting.receiver.http.HttpReply;
import dev.longshore.alerting.receiver.http.HttpResults;
import dev.longshore.alerting.receiver.http.HttpSender;
import dev.longshore.alerting.receiver.http.SecretSource;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Who we are to AWS: keys of the configuration or of a profile, else of the environment, else the
/// web identity of the pod's service account (IRSA); with a role, that role is assumed.
///
/// @param region empty where the profile, the environment, or the address of what is told, says it
/// @param secretKey null without `accessKey`
/// @param roleArn empty for none
/// @param externalId what the role's owner asks for; empty for nothing
/// @param profile of AWS' shared files; empty for none
/// @param fips whether roles are assumed at an endpoint that is validated by FIPS 140
/// @param environment variables
record AwsAccess(
    String region,
    String accessKey,
    @Nullable SecretSource secretKey,
    String roleArn,
    String externalId,
    String profile,
    boolean fips,
    Map<String, String> environment) {

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

  /// Profiles that name each other as sources.
  private static final int MOST_PROFILES = 5;

  /// The region as configured, else of the profile, else of the environment.
  ///
  /// @param standard where none says one
  String regionOr(String standard) {
    if (!region.isEmpty()) {
      return region;
    }
    Map<String, String> settings =
        profile.isEmpty() ? null : AwsProfiles.of(environment).settings(profile);
    String known = environment("AWS_REGION", environment("AWS_DEFAULT_REGION", standard));
    return settings == null ? known : settings.getOrDefault("region", known);
  }

  private String environment(String name, String standard) {
    String value = environment.get(name);
    return value == null || value.isBlank() ? standard : value;
  }

  Result credentials(HttpSender sender, String inRegion) {
    Result own =
        profile.isEmpty() ? own(sender, inRegion) : ofProfile(sender, inRegion, profile, 0);
    return own instanceof Result.Credentials credentials && !roleArn.isEmpty() && !isWebIdentity()
        ? assumed(sender, inRegion, credentials, roleArn, externalId)
        : own;
  }

  /// Whether the role is the one that the web identity gives.
  private boolean isWebIdentity() {
    return profile.isEmpty() && secretKey == null && environment("AWS_ACCESS_KEY_ID", "").isEmpty();
  }

  private Result own(HttpSender sender, String inRegion) {
    if (secretKey != null) {
      return new Result.Credentials(accessKey, secretKey.value(), "");
    }
    String key = environment("AWS_ACCESS_KEY_ID", "");
    if (!key.isEmpty()) {
      return new Result.Credentials(
          key, environment("AWS_SECRET_ACCESS_KEY", ""), environment("AWS_SESSION_TOKEN", ""));
    }
    String tokenFile = environment("AWS_WEB_IDENTITY_TOKEN_FILE", "");
    String role = roleArn.isEmpty() ? environment("AWS_ROLE_ARN", "") : roleArn;
    if (tokenFile.isEmpty() || role.isEmpty()) {
      return failed(
          "sigv4",
          "There are no credentials: neither access_key, nor profile, nor AWS_ACCESS_KEY_ID, nor a"
              + " web identity.");
    }
    return webIdentity(sender, inRegion, tokenFile, role);
  }

  /// What a profile says: keys, or a role that another profile or a web identity assumes.
  ///
  /// @param depth how many profiles led here
  private Result ofProfile(HttpSender sender, String inRegion, String name, int depth) {
    AwsProfiles profiles = AwsProfiles.of(environment);
    Map<String, String> settings = profiles.settings(name);
    if (settings == null) {
      return failed("sigv4", "There is no profile '" + name + "' in " + profiles + ".");
    }
    String role = settings.getOrDefault("role_arn", "");
    String source = settings.getOrDefault("source_profile", "");
    String tokenFile = settings.getOrDefault("web_identity_token_file", "");
    if (!role.isEmpty() && !tokenFile.isEmpty()) {
      return webIdentity(sender, inRegion, tokenFile, role);
    }
    if (!role.isEmpty() && !source.isEmpty() && !(source.equals(name) && depth > 0)) {
      if (depth == MOST_PROFILES) {
        return failed("sigv4", "The profile '" + profile + "' leads to too many others.");
      }
      Result base =
          source.equals(name)
              ? keys(name, settings)
              : ofProfile(sender, inRegion, source, depth + 1);
      return base instanceof Result.Credentials credentials
          ? assumed(sender, inRegion, credentials, role, settings.getOrDefault("external_id", ""))
          : base;
    }
    return keys(name, settings);
  }

  private static Result keys(String name, Map<String, String> settings) {
    String key = settings.getOrDefault("aws_access_key_id", "");
    String secret = settings.getOrDefault("aws_secret_access_key", "");
    return key.isEmpty() || secret.isEmpty()
        ? failed(
            "sigv4",
            "The profile '"
                + name
                + "' has no aws_access_key_id with aws_secret_access_key, and no role_arn with"
                + " source_profile or web_identity_token_file; single sign-on, credential_source and"
                + " credential_process are not supported.")
        : new Result.Credentials(key, secret, settings.getOrDefault("aws_session_token", ""));
  }

  private String sts(String inRegion) {
    return "https://" + (fips ? "sts-fips." : "sts.") + inRegion + ".amazonaws.com/";
  }

  private Result webIdentity(HttpSender sender, String inRegion, String tokenFile, String role) {
    String token = SecretSource.file(Path.of(tokenFile)).value();
    return assumed(
        sender.post(
            sts(inRegion),
            "application/x-www-form-urlencoded",
            "Action=AssumeRoleWithWebIdentity"
                + role(role, "")
                + "&WebIdentityToken="
                + AwsSignature.encoded(token)));
  }

  private Result assumed(
      HttpSender sender,
      String inRegion,
      Result.Credentials credentials,
      String role,
      String external) {
    return assumed(
        AwsSignature.post(
            sender,
            sts(inRegion),
            "Action=AssumeRole" + role(role, external),
            "sts",
            inRegion,
            credentials));
  }

  private static String role(String role, String external) {
    return "&Version=2011-06-15&DurationSeconds="
        + SESSION_SECONDS
        + "&RoleSessionName=longshore&RoleArn="
        + AwsSignature.encoded(role)
        + (external.isEmpty() ? "" : "&ExternalId=" + AwsSignature.encoded(external));
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
