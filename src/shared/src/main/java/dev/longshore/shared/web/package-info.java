/// Who may do what at a product's HTTP ports: the web file of Prometheus' exporter-toolkit (TLS,
/// client certificates, passwords), bearer tokens, names from a proxy that logs people in, three
/// roles, and what a browser must not be made to do for somebody else's page. It knows nothing of
/// routes and sockets; [dev.longshore.shared.ops] asks it before it answers.
@NullMarked
package dev.longshore.shared.web;

import org.jspecify.annotations.NullMarked;
