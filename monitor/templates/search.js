"use strict";
// Searches the shards that lie beside the page. Words are folded as klastry folds names everywhere.
(() => {
  const MOST = 50;
  const told = JSON.parse(document.getElementById("told").textContent);
  const box = document.getElementById("words"), found = document.getElementById("found");
  const count = document.getElementById("count");
  const plural = new Intl.PluralRules(document.documentElement.lang);
  const kinds = Object.keys(told.kinds), rows = [];
  let waiting = told.shards.length, broken = false, loading = false;

  const STROKES = { "ł": "l", "đ": "d", "ø": "o", "ß": "ss", "æ": "ae", "œ": "oe" };
  const INVISIBLE = /[\u00ad\u034f\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff]/g;
  const CONTROL = /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff]/g;
  const QUOTES = /["'`´‘’‚‛“”„‟«»‹›]/g;
  const DASHES = /\s*[-\u2010-\u2015\u2212]\s*/g;
  const FORMS = new RegExp("(?<![\\p{L}\\p{N}_])(?:sp(?:olka|\\.)? ?z ?\\.? ?o ?\\.? ?o\\.?" +
    "|spolka z ograniczona odpowiedzialnoscia|s\\. ?a\\.?|spolka akcyjna)(?![\\p{L}\\p{N}_])", "gu");

  function once(text) {
    text = text.replace(INVISIBLE, "").replace(CONTROL, " ").normalize("NFC").replace(/\s+/g, " ").trim();
    text = text.toLowerCase().replace(/[łđøßæœ]/g, (letter) => STROKES[letter]).normalize("NFKD");
    text = text.replace(/\p{M}/gu, "").replace(QUOTES, "").replace(DASHES, " ");
    return text.replace(FORMS, " ").replace(/\s+/g, " ").replace(/^[ .,;:]+|[ .,;:]+$/g, "");
  }

  function fold(text) {
    let folded = once(text), again;
    while ((again = once(folded)) !== folded) folded = again;
    return folded;
  }

  // A word in any of its forms, as keywords of feeds are found; null for one that has no other form.
  const LETTER = "[\\p{L}\\p{N}_]", SOFTENED = { t: "[tc]", k: "[kc]", g: "(?:g|dz)" };
  function forms(word) {
    if (word.length <= 3 || !/^[\p{L}\p{N}]+$/u.test(word)) return null;
    const stem = word.slice(0, 4) + word.slice(4).replace(/[aeiouy]+$/, ""), last = stem.at(-1);
    const fleeting = stem.match(/^(.+[^aeiouy])e?[^aeiouy]$/u);
    const shortest = fleeting ? fleeting[1] + last : stem;
    const body = fleeting ? fleeting[1] + "e?" : stem.slice(0, -1);
    return new RegExp((shortest.length > 4 ? "" : `(?<!${LETTER})`) + body + (SOFTENED[last] || last), "u");
  }

  // The better a row fits, the lower its rank; -1 where a word is missing. Other forms come last.
  const INFLECTED = 1000;
  function rank(row, words) {
    let sum = 0;
    for (const { text, other } of words) {
      if (row.name.startsWith(text)) continue;
      if (`${row.name} ${row.more}`.includes(` ${text}`)) sum += 1;
      else if (row.name.includes(text)) sum += 3;
      else if (row.more.includes(text)) sum += 5;
      else if (other && (other.test(row.name) || other.test(row.more))) sum += INFLECTED;
      else return -1;
    }
    return sum;
  }

  function line(row) {
    const item = document.createElement("li"), name = document.createElement("p");
    const link = document.createElement("a"), note = document.createElement("p");
    link.href = "entities/" + row.id + ".html";
    link.textContent = row.title;
    name.className = "told";
    name.append(link);
    note.className = "meta";
    note.textContent = told.kinds[row.id.split("-")[0]] + (row.note ? " · " + row.note : "");
    item.append(name, note);
    return item;
  }

  function show() {
    const words = fold(box.value).split(" ").filter(Boolean).map((text) => ({ text, other: forms(text) }));
    history.replaceState(null, "", box.value.trim() ? "#" + encodeURIComponent(box.value.trim()) : "#");
    found.replaceChildren();
    count.textContent = "";
    if (!words.length) return;
    load();
    if (waiting) { count.textContent = broken ? told.text.broken : told.text.wait; return; }
    const fits = rows.map((row) => [rank(row, words), row]).filter(([at]) => at >= 0);
    fits.sort(([one, a], [other, b]) => one - other || a.kind - b.kind || b.number - a.number);
    found.append(...fits.slice(0, MOST).map(([, row]) => line(row)));
    const all = told.text[plural.select(fits.length)] || told.text.other;
    count.textContent = !fits.length ? told.text.none : fits.length <= MOST ? all.replace("{n}", fits.length)
      : told.text.first.replace("{all}", all.replace("{n}", fits.length)).replace("{shown}", MOST);
  }

  // Each shard calls this.
  window.klastry = (some) => {
    for (const [id, title, more, note] of some) {
      const [kind, number] = id.split("-");
      rows.push({ id, title, note, name: fold(title), more: fold(more), kind: kinds.indexOf(kind), number: +number });
    }
  };

  function load() {
    if (loading) return;
    loading = true;
    for (const path of told.shards) {
      const shard = document.createElement("script");
      shard.src = path;
      shard.onload = () => { waiting -= 1; if (!waiting) show(); };
      shard.onerror = () => { broken = true; show(); };
      document.head.append(shard);
    }
  }

  function move(event) {
    const links = [box, ...found.querySelectorAll("a")], at = links.indexOf(document.activeElement);
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && at >= 0) { event.preventDefault(); links[Math.min(Math.max(at + step, 0), links.length - 1)].focus(); }
    if (event.key === "Escape" && at > 0) box.focus();
    if (event.key === "Enter" && at === 0 && links[1]) links[1].focus();
  }

  document.getElementById("search").hidden = false;
  box.addEventListener("input", show);
  box.addEventListener("focus", load);
  document.addEventListener("keydown", move);
  window.addEventListener("hashchange", start);

  function start() {
    try { box.value = decodeURIComponent(location.hash.slice(1)); } catch { box.value = ""; }
    show();
  }
  start();
  if (!box.value) box.focus({ preventScroll: true });
})();
