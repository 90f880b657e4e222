// Asks before a change, and keeps what somebody opened when a part of a page is asked for anew.
// Everything works without it, except the asking.
"use strict";
document.addEventListener("submit", (event) => {
  const text = event.target.dataset.confirm;
  if (text && !window.confirm(text)) event.preventDefault();
});
document.addEventListener("htmx:beforeSwap", (event) => {
  const old = event.detail.target;
  const shown = event.detail.serverResponse || "";
  if (old.contains(document.activeElement) || old.querySelector("details[open]")) {
    event.detail.shouldSwap = false;
  } else if (event.detail.xhr.responseURL.includes("/login") || !shown.includes(`id="${old.id}"`)) {
    event.detail.shouldSwap = false;
    if (event.detail.xhr.responseURL.includes("/login")) window.location.reload();
  }
});
document.addEventListener("change", (event) => {
  const form = event.target.closest("form.filters");
  if (form && event.target.tagName === "SELECT") form.requestSubmit();
});
