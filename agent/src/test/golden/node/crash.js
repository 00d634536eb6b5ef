// Errors printed by console, with causes, fields and several errors in one; then one that nobody catches.
class OutOfStock extends Error {
  constructor(item, options) {
    super(`item ${item} is gone`, options);
    this.name = 'OutOfStock';
    this.item = item;
  }
}
function take(item) {
  try {
    return [1][item].length.x.y;
  } catch (e) {
    throw new OutOfStock(item, { cause: e });
  }
}
console.log('started');
try { take(3); } catch (e) { console.error(e); }
console.error('order failed:', new TypeError('no stock'));
console.log('ready');
console.error(new AggregateError([new Error('a'), new RangeError('b')], 'two orders'));
if (process.argv[2] === 'reject') Promise.reject({ item: 3 });
else if (process.argv[2] === 'module') require('./absent');
else take(4);
