// Keeps ticks, findings and the time of a half-finished check on this device, under its window and person.
// Never the note, and nothing that is secret: no address of a link, no id of a form. The page works without.
"use strict";
(function () {
  const BEFORE = "watchbill check ";
  const keyOf = (where) => BEFORE + where.dataset.window + " " + where.dataset.person;
  const stored = (act) => { try { return act(window.localStorage); } catch { return null; } };

  const recorded = document.querySelector("[data-recorded]");
  if (recorded) stored((kept) => kept.removeItem(keyOf(recorded)));

  const form = document.getElementById("details");
  const said = document.getElementById("kept");
  if (!form || !said) return;
  const fields = () => [...form.elements].filter(
    (one) => one.name === "page" || one.name === "at" || /^(found|action)-/.test(one.name));
  const nameOf = (one) => one.name === "page" ? "page " + one.value : one.name;
  const say = (sentence, offline) => {
    said.textContent = sentence;
    said.classList.toggle("offline", Boolean(offline));
  };

  function keep() {
    const values = {};
    for (const one of fields()) {
      const value = one.type === "checkbox" ? (one.checked ? "on" : "") : one.value;
      if (value) values[nameOf(one)] = value;
    }
    stored((kept) => Object.keys(values).length
      ? kept.setItem(keyOf(form), JSON.stringify(values))
      : kept.removeItem(keyOf(form)));
  }

  function restore() {
    let values = null;
    try { values = JSON.parse(stored((kept) => kept.getItem(keyOf(form)))); } catch { return; }
    if (!values || typeof values !== "object") return;
    let more = false;
    for (const one of fields()) {
      const value = values[nameOf(one)];
      if (typeof value !== "string" || !value) continue;
      if (one.type === "checkbox") one.checked = true;
      else if (one.tagName !== "SELECT" || [...one.options].some((option) => option.value === value)) {
        one.value = value;
        more = true;
      }
    }
    if (more) document.getElementById("more").open = true;
    say("Your ticks and choices are here again, as you left them on this device. Nothing is recorded until you press a button.");
  }

  function forgetOldOnes() {
    stored((kept) => Object.keys(kept)
      .filter((key) => key.startsWith(BEFORE) && key.slice(BEFORE.length) < form.dataset.today)
      .forEach((key) => kept.removeItem(key)));
  }

  const OFFLINE = "There is no connection. Nothing is recorded yet. Your ticks and choices are kept on this device"
    + " (a note is not); press the button again when the connection is back.";
  const tellOffline = () => say(OFFLINE, true);

  forgetOldOnes();
  if (!document.getElementById("problem")) restore();
  document.addEventListener("change", (event) => { if (event.target.form === form) keep(); });
  window.addEventListener("offline", tellOffline);
  window.addEventListener("online", () => say("The connection is back. Nothing is recorded until you press a button."));
  for (const one of document.querySelectorAll("form[data-check]")) {
    one.addEventListener("submit", (event) => {
      keep();
      if (navigator.onLine === false) {
        event.preventDefault();
        tellOffline();
        said.scrollIntoView({ block: "center" });
      }
    });
  }
  if (navigator.onLine === false) tellOffline();
})();
