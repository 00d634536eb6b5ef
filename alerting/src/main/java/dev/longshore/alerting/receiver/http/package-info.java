/// What receivers need of HTTP: one sender ([HttpSender]: a deadline to the last byte, a limit of
/// bytes, `Retry-After`, no secret in what it says), `http_config` with its keys, who we are and
/// whom we trust, proxies, secrets that may lie in files.
@NullMarked
package dev.longshore.alerting.receiver.http;

import org.jspecify.annotations.NullMarked;
