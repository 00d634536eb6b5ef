// errors.js: errors and objects of several lines as Node.js itself prints them.
const aggregate = new AggregateError([new Error('connect ECONNREFUSED ::1:5432'), new TypeError('no stock')], 'all failed');
const wait = () => new Promise((done) => setTimeout(done, 120));
async function main() {
  console.error(aggregate);
  await wait();
  console.error('order failed', new Error('no stock', { cause: new RangeError('item 3 is gone') }));
  await wait();
  console.error({ id: 3, items: ['a', 'b'], address: { street: 'Quay 7', city: 'Hamburg', country: 'Germany', floor: 3 } });
  await wait();
  console.error(JSON.stringify({ level: 'error', message: 'no stock', item: { id: 3 } }, null, 2));
  await wait();
  process.emitWarning('old way', 'DeprecationWarning', 'SHOP01');
  await wait();
  console.error('ready');
  await wait();
  Promise.reject(new Error('nobody waits', { cause: aggregate }));
}
main();
