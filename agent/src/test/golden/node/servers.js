// Express, Koa and Fastify, whose handlers fail, and what Node.js prints of an event without a listener.
class OutOfStock extends Error {
  constructor(item, options) {
    super("no stock of " + item, options);
    this.name = "OutOfStock";
    this.code = "E_STOCK";
  }
}
function take(item) {
  try {
    null.x;
  } catch (e) {
    throw new OutOfStock(item, { cause: e });
  }
}
const ask = (port) => require("http").get(`http://127.0.0.1:${port}/cart`, () => setTimeout(() => process.exit(), 200));
const which = process.argv[2];
if (which === "express") {
  const app = require("express")();
  app.get("/cart", () => take(3));
  app.listen(18971, "127.0.0.1", () => ask(18971));
} else if (which === "koa") {
  const app = new (require("koa"))();
  app.use(() => take(3));
  app.listen(18973, "127.0.0.1", () => ask(18973));
} else if (which === "fastify") {
  const app = require("fastify")({ logger: true });
  app.get("/cart", async () => take(3));
  app.listen({ port: 18972, host: "127.0.0.1" }, () => ask(18972));
} else if (which === "bunyan") {
  const log = require("bunyan").createLogger({ name: "shop" });
  log.info("started");
  try {
    take(3);
  } catch (e) {
    log.error(e, "order failed");
  }
  log.warn("slow");
  log.fatal("gone");
} else if (which === "debug") {
  require("debug").enable("*");
  const debug = require("debug")("shop:cart");
  debug("started");
  try {
    take(3);
  } catch (e) {
    debug("failed %O", e);
  }
} else {
  const events = new (require("events"))();
  console.log({ item: 3, text: "x".repeat(80) });
  console.trace("here");
  try {
    take(3);
  } catch (e) {
    events.emit("error", e);
  }
}
