// What is being done with something on the page, and what failed of it.

import { say } from "./dom.js";

/// Actions on things that have an id: one at a time for each. `render` draws the page, `refresh` asks the server anew first.
export function actions() {
  const busy = new Set();
  const problems = new Map();
  let render = () => {};
  let refresh = async () => {};
  return {
    init(renderPage, refreshState) {
      render = renderPage;
      refresh = refreshState;
    },
    rerender: () => render(),
    update: () => refresh(),
    isBusy: id => busy.has(id),
    problemOf: id => problems.get(id),
    async act(id, done, action) {
      if (busy.has(id)) return;
      busy.add(id);
      problems.delete(id);
      render();
      try {
        await action();
        await refresh();
        say(done);
      } catch (e) {
        problems.set(id, e.message);
        say(e.message);
      } finally {
        busy.delete(id);
        render();
      }
    },
  };
}
