"use strict";
{
  const bar = document.querySelector("[role=search]");
  const field = document.getElementById("search");
  const found = document.getElementById("found");
  const unfold = document.getElementById("unfold");
  const stories = [...document.querySelectorAll(".story")];
  const folds = [...document.querySelectorAll("details")];
  const places = [...document.querySelectorAll(".map .box, .map .chip")];
  const calms = [...document.querySelectorAll(".calm")];
  bar.hidden = false;

  // What looks the same is the same, however its accents are written.
  const plain = (text) => text.normalize("NFC").toLowerCase();

  // Everything is read once: what is asked at every key must not walk the page.
  const kept = (read) => {
    const known = new Map();
    return (element) => {
      if (!known.has(element)) known.set(element, read(element));
      return known.get(element);
    };
  };
  const labelOf = kept((place) => place.querySelector(":scope > details > summary") ?? place);
  const boxOf = kept((place) => place.parentElement.closest(".box"));
  const storyOf = kept((place) => {
    const link = labelOf(place).querySelector("a");
    return link && document.getElementById(link.hash.slice(1));
  });
  // What one of several names tells of is that one; the rest of their story is told of each.
  const commonOf = kept((story) => {
    const others = story.querySelector(".others");
    const name = plain(story.querySelector(".name").textContent);
    return others ? textOf(story).replace(textOf(others), "").replaceAll(name, "") : textOf(story);
  });
  // A story has what it only points at, too.
  const pointedAt = (element) => (element.dataset.values ?? "").split(" ").filter(Boolean).map((name) => document.getElementById(name));
  const textOf = kept((element) => [plain(element.textContent), ...pointedAt(element).map(textOf)].join(" "));
  const namesOf = kept((story) => [...story.querySelectorAll("summary, .others")].map(textOf).join(" "));
  const drawn = folds.filter((fold) => fold.closest(".map"));

  let before = null; // which folds of the picture were open before the search opened the others

  const wordsOf = () => plain(field.value).split(/\s+/).filter(Boolean);

  const search = () => {
    const words = wordsOf();
    const hit = (element) => words.every((word) => textOf(element).includes(word));
    before ??= new Set(drawn.filter((fold) => fold.open));
    const hits = stories.filter(hit);
    const told = new Set(hits);
    const own = new Map(hits.map((story) => [story, words.filter((word) => !commonOf(story).includes(word))]));
    for (const story of stories) story.hidden = !told.has(story);

    // What is named shows all that it holds; what is told of in a story shows itself; both show what holds them.
    const named = new Set();
    const shown = new Set();
    for (const place of places) { // from the outside in
      if (hit(labelOf(place)) || named.has(boxOf(place))) named.add(place);
      const left = own.get(storyOf(place));
      if (!named.has(place) && !left?.every((word) => textOf(labelOf(place)).includes(word))) continue;
      for (let each = place; each; each = boxOf(each)) shown.add(each);
    }
    for (const place of places) place.hidden = !shown.has(place);
    for (const calm of calms) calm.hidden = !calm.querySelector(".chip:not([hidden]), .box:not([hidden])");

    for (const fold of drawn) fold.open = Boolean(words.length) || before.has(fold);
    if (!words.length) before = null;
    found.textContent = words.length ? `${hits.length} of ${stories.length} shown` : "";
  };

  const clear = () => {
    field.value = "";
    search();
  };

  const show = (story) => {
    if (story.hidden) clear(); // a link leads to it, whatever was searched for
    story.open = true;
    story.scrollIntoView({ block: "start" });
    story.querySelector("summary").focus({ preventScroll: true });
  };

  field.addEventListener("input", search);
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !field.value) return;
    const words = wordsOf();
    const found = stories.filter((story) => !story.hidden);
    const first = found.find((story) => words.every((word) => namesOf(story).includes(word))) ?? found[0];
    if (first) { event.preventDefault(); show(first); }
  });
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "/" && document.activeElement !== field) {
      event.preventDefault();
      field.focus();
      field.select();
    } else if (event.key === "Escape" && field.value) {
      clear();
    }
  });

  const closed = () => stories.some((story) => !story.open);
  unfold.addEventListener("click", () => {
    const open = closed();
    for (const story of stories) story.open = open;
  });
  // It tells what it would do, whoever opened the last one. The event does not bubble.
  document.addEventListener("toggle", () => { unfold.textContent = closed() ? "Open all" : "Close all"; }, true);

  const follow = () => {
    const story = document.getElementById(location.hash.slice(1));
    if (stories.includes(story)) show(story);
  };
  addEventListener("hashchange", follow);
  follow();

  // A link to the story that the page is at already changes no hash.
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a");
    if (link && link.hash === location.hash) follow();
  });

  // Paper has no folds.
  let opened = [];
  addEventListener("beforeprint", () => {
    opened = folds.filter((fold) => !fold.open);
    for (const fold of opened) fold.open = true;
  });
  addEventListener("afterprint", () => { for (const fold of opened) fold.open = false; });
}
