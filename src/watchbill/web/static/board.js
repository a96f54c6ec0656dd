// Says in words when the board is not fresh any more, and lets its reader stop it from changing by itself.
"use strict";
(function () {
  const board = document.getElementById("board");
  const stale = document.getElementById("stale");
  if (!board || !stale) return;
  const MOST_FAILURES = 2;
  let failures = 0;
  let stopped = false;
  const line = () => board.querySelector("[data-refreshed]");

  const button = document.getElementById("stop");
  button.addEventListener("click", () => {
    stopped = !stopped;
    button.textContent = stopped ? "Refresh every 30 seconds again" : "Stop refreshing by itself";
  });
  button.classList.remove("waits");

  function failed() {
    failures += 1;
    if (failures < MOST_FAILURES) return;
    const since = line() ? line().dataset.refreshed : "";
    const sentence = "Not refreshed since " + since + ": the server does not answer";
    if (stale.textContent !== sentence) stale.textContent = sentence;
    board.classList.add("is-stale");
  }

  function succeeded() {
    failures = 0;
    if (stale.textContent) stale.textContent = "";
    board.classList.remove("is-stale");
  }

  board.addEventListener("htmx:beforeRequest", (event) => { if (stopped) event.preventDefault(); });
  board.addEventListener("htmx:afterRequest", (event) => (event.detail.successful ? succeeded() : failed()));
})();
