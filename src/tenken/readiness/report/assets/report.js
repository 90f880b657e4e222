"use strict";
(() => {
  const items = [...document.querySelectorAll(".item")];
  const sections = [...document.querySelectorAll(".section")];
  const search = document.getElementById("search");
  const show = document.getElementById("show");
  const shown = document.getElementById("shown");
  const all = document.getElementById("open-all");
  const labels = { open: all.textContent, close: all.dataset.close };
  const texts = new Map(items.map((item) => [item, item.textContent.toLowerCase()]));

  const matches = (item) => {
    const [by, value] = show.value.split(":");
    if (by && item.dataset[by] !== value) return false;
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    return words.every((word) => texts.get(item).includes(word));
  };
  const filter = () => {
    for (const item of items) item.hidden = !matches(item);
    for (const section of sections) section.hidden = !section.querySelector(".item:not([hidden])");
    const left = items.filter((item) => !item.hidden).length;
    shown.textContent = `${shown.dataset.text} ${left} / ${items.length}`;
  };
  const target = () => {
    const item = document.getElementById(location.hash.slice(1));
    if (!item || !item.classList.contains("item")) return;
    if (item.hidden) { search.value = ""; show.value = ""; filter(); }
    item.open = true;
    item.scrollIntoView();
  };

  document.querySelector(".tools").hidden = false;
  search.addEventListener("input", filter);
  show.addEventListener("change", filter);
  all.addEventListener("click", () => {
    const open = all.textContent === labels.open;
    for (const item of items) if (!item.hidden) item.open = open;
    all.textContent = open ? labels.close : labels.open;
  });
  for (const tile of document.querySelectorAll("[data-show]")) {
    tile.addEventListener("click", () => { show.value = tile.dataset.show; filter(); });
  }
  addEventListener("hashchange", target);
  filter();
  target();
})();
