// Watches the start of the page. The rest of it is modules, and where one of them does not arrive, none runs: this says so, and
// loads the page again. It is a script of its own, without an import, so that it runs in any case.

"use strict";

(() => {
  const AGAIN = 5e3;
  const LATE = 10e3;

  function tell(text) {
    const shown = document.getElementById("fault");
    shown.textContent = text;
    shown.hidden = false;
  }

  let isAgain = false;
  addEventListener("error", event => {
    if (event.target.localName !== "script" || isAgain) return;
    isAgain = true;
    tell(`A part of this page did not arrive. The page is loaded again in ${AGAIN / 1e3} seconds.`);
    setTimeout(() => location.reload(), AGAIN);
  }, true);

  const late = setTimeout(() => tell(`Parts of this page have not arrived within ${LATE / 1e3} seconds: Longshore or the way to it is slow.`), LATE);
  addEventListener("started", () => {
    clearTimeout(late);
    document.getElementById("fault").hidden = true;
  }, { once: true });
})();
