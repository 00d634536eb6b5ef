/// What receivers need of HTTP: `http_config` with its keys, who we are and whom we trust, proxies,
/// secrets that may lie in files.
@NullMarked
package dev.longshore.alerting.receiver.http;

import org.jspecify.annotations.NullMarked;
