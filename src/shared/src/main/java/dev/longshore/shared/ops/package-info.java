/// The one HTTP port by which people and machines look into a product: `/metrics`, `/healthz`,
/// `/readyz`, `/status`, and what else the product adds. It serves small answers to few callers,
/// and is bounded in time, header and body; nothing that it does can delay the product's work.
@NullMarked
package dev.longshore.shared.ops;

import org.jspecify.annotations.NullMarked;
