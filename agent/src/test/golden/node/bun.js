// What Bun prints of errors.
function take(item) {
  const items = {};
  return items[item].price;
}
class OutOfStock extends Error {
  constructor(item) {
    super("no stock of " + item);
    this.name = "OutOfStock";
    this.item = item;
  }
}
console.log("started");
try {
  take(3);
} catch (e) {
  console.error(e);
  console.error("order failed", e);
}
console.warn("slow");
console.error(new AggregateError([new Error("one"), new TypeError("two")], "both"));
if (process.argv[2] === "reject") Promise.reject(new OutOfStock(4));
else take(3);
