// Tooltips, suggestions, light and dark, copying. The pages work without any of it.
"use strict";

const make = (tag, properties) => Object.assign(document.createElement(tag), properties);

function setUpTheme() {
  const button = document.querySelector("[data-theme-toggle]");
  if (!button) return;
  button.hidden = false;
  button.addEventListener("click", () => {
    const root = document.documentElement;
    const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
    try { localStorage.setItem("theme", root.dataset.theme); } catch (error) { button.title = "This choice cannot be kept."; }
  });
}

function setUpTooltips() {
  const tip = make("div", { className: "tip", hidden: true });
  tip.setAttribute("aria-hidden", "true");
  document.body.append(tip);
  const show = (event) => {
    const target = event.target.closest && event.target.closest("[data-tip]");
    if (!target) { tip.hidden = true; return; }
    tip.textContent = target.dataset.tip;
    tip.hidden = false;
    const box = target.getBoundingClientRect();
    const left = Math.min(Math.max(box.left + box.width / 2 - tip.offsetWidth / 2, 8), innerWidth - tip.offsetWidth - 8);
    const above = box.top - tip.offsetHeight - 8;
    tip.style.left = `${left + scrollX}px`;
    tip.style.top = `${(above > 0 ? above : box.bottom + 8) + scrollY}px`;
  };
  addEventListener("pointerover", show);
  addEventListener("focusin", show);
  addEventListener("focusout", () => { tip.hidden = true; });
  addEventListener("keydown", (event) => { if (event.key === "Escape") tip.hidden = true; });
}

function setUpSuggestions(input) {
  const list = make("ul", { className: "suggestions", id: "suggestions", role: "listbox", hidden: true });
  list.setAttribute("aria-label", "Suggestions");
  input.after(list);
  const attributes = { role: "combobox", "aria-expanded": "false", "aria-controls": "suggestions", "aria-autocomplete": "list" };
  for (const [name, value] of Object.entries(attributes)) input.setAttribute(name, value);
  let current = -1;
  let asked = 0;
  let timer = 0;

  const open = (shown) => { list.hidden = !shown; input.setAttribute("aria-expanded", String(shown)); };
  const choose = (place) => {
    current = place;
    [...list.children].forEach((item, index) => item.setAttribute("aria-selected", String(index === place)));
    if (place >= 0) input.setAttribute("aria-activedescendant", list.children[place].id);
    else input.removeAttribute("aria-activedescendant");
  };
  const fill = (rows) => {
    list.replaceChildren(...rows.map((row, index) => {
      const item = make("li", { id: `suggestion-${index}`, role: "option" });
      item.append(make("span", { className: "kind", textContent: row.kind }), make("span", { textContent: row.name }));
      item.dataset.url = row.url;
      item.addEventListener("mousedown", () => { location.href = row.url; });
      return item;
    }));
    choose(-1);
    open(rows.length > 0);
  };
  const ask = async () => {
    const text = input.value.trim();
    const mine = ++asked;
    if (text.length < 2) { fill([]); return; }
    const response = await fetch(`${input.dataset.suggest}?q=${encodeURIComponent(text)}`);
    if (response.ok && mine === asked) fill(await response.json());
  };
  input.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(ask, 120); });
  input.addEventListener("blur", () => open(false));
  input.addEventListener("keydown", (event) => {
    const count = list.children.length;
    if (event.key === "Escape") open(false);
    else if (event.key === "Enter" && current >= 0 && !list.hidden) { event.preventDefault(); location.href = list.children[current].dataset.url; }
    else if (count && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      event.preventDefault();
      open(true);
      choose((current + (event.key === "ArrowDown" ? 1 : count + (current < 0 ? 0 : -1))) % count);
    }
  });
}

function setUpCopying(block) {
  if (!navigator.clipboard) return;
  const button = make("button", { type: "button", className: "copy-button", textContent: "Copy" });
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(block.textContent.trim());
    button.textContent = "Copied";
    setTimeout(() => { button.textContent = "Copy"; }, 1500);
  });
  block.after(button);
}

function setUpComparison(form) {
  const boxes = [...form.querySelectorAll('input[name="pick"]')];
  const update = () => {
    const full = boxes.filter((box) => box.checked).length >= 2;
    boxes.forEach((box) => { box.disabled = full && !box.checked; });
  };
  boxes.forEach((box) => box.addEventListener("change", update));
  update();
}

function setUpRefresh(element) {
  const look = () => (document.activeElement instanceof HTMLTextAreaElement ? setTimeout(look, 1000) : location.reload());
  setTimeout(look, Number(element.dataset.refresh) * 1000);
}

setUpTheme();
setUpTooltips();
document.querySelectorAll("[data-refresh]").forEach(setUpRefresh);
document.querySelectorAll("[data-suggest]").forEach(setUpSuggestions);
document.querySelectorAll("pre.copy").forEach(setUpCopying);
document.querySelectorAll("form.table-form").forEach(setUpComparison);
