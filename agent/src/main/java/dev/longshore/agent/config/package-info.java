/// The agent's configuration: every key of its YAML file, its default, and what must fit together.
/// What can go wrong is a [dev.longshore.shared.config.ConfigException] that tells all of it.
///
/// `agent/CONFIGURATION.md` is made from the declarations here.
@NullMarked
package dev.longshore.agent.config;

import org.jspecify.annotations.NullMarked;
