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
    const name = story.querySelector(".name").textContent.toLowerCase();
    return others ? textOf(story).replace(others.textContent.toLowerCase(), "").replaceAll(name, "") : textOf(story);
  });
  const textOf = kept((element) => element.textContent.toLowerCase());
  const inMap = kept((fold) => Boolean(fold.closest(".map")));

  let before = null; // which folds were open before the search opened others

  const search = () => {
    const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
    const hit = (element) => words.every((word) => textOf(element).includes(word));
    before ??= new Set(folds.filter((fold) => fold.open));
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

    for (const fold of folds) {
      if (!words.length) fold.open = before.has(fold);
      else if (inMap(fold)) fold.open = true;
    }
    if (!words.length) before = null;
    found.textContent = words.length ? `${hits.length} of ${stories.length} shown` : "";
  };

  const show = (story) => {
    story.open = true;
    story.scrollIntoView({ block: "start" });
    story.querySelector("summary").focus({ preventScroll: true });
  };

  field.addEventListener("input", search);
  field.addEventListener("keydown", (event) => {
    const first = stories.find((story) => !story.hidden);
    if (event.key === "Enter" && field.value && first) { event.preventDefault(); show(first); }
  });
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "/" && document.activeElement !== field) {
      event.preventDefault();
      field.focus();
      field.select();
    } else if (event.key === "Escape" && field.value) {
      field.value = "";
      search();
    }
  });

  const open = (how) => { for (const story of stories) story.open = how; };
  unfold.addEventListener("click", () => {
    const closed = stories.some((story) => !story.open);
    open(closed);
    unfold.textContent = closed ? "Close all" : "Open all";
  });

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
