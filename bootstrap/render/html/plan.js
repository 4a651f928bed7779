"use strict";
{
  const bar = document.querySelector("[role=search]");
  const field = document.getElementById("search");
  const found = document.getElementById("found");
  const unfold = document.getElementById("unfold");
  const stories = [...document.querySelectorAll(".story")];
  const folds = [...document.querySelectorAll("details")];
  const places = [...document.querySelectorAll(".chart .box, .chart .chip")];
  const quiet = [...document.querySelectorAll(".quiet")];
  bar.hidden = false;

  // An accented letter is found whether it is one character or two.
  const plain = (text) => text.normalize("NFC").toLowerCase();

  // Each element is read once, since the search runs at every key.
  const cached = (read) => {
    const known = new Map();
    return (element) => {
      if (!known.has(element)) known.set(element, read(element));
      return known.get(element);
    };
  };
  const labelOf = cached((place) => place.querySelector(":scope > details > summary") ?? place);
  const boxOf = cached((place) => place.parentElement.closest(".box"));
  const storyOf = cached((place) => {
    const link = labelOf(place).querySelector("a");
    return link && document.getElementById(link.hash.slice(1));
  });
  // A word in one of a group's names finds that one; a word in the rest of the story finds the whole group.
  const commonOf = cached((story) => {
    const others = story.querySelector(".others");
    const name = plain(story.querySelector(".name").textContent);
    return others ? textOf(story).replace(textOf(others), "").replaceAll(name, "") : textOf(story);
  });
  // A story also holds the values that it only refers to.
  const referredBy = (element) => (element.dataset.values ?? "").split(" ").filter(Boolean).map((name) => document.getElementById(name));
  const textOf = cached((element) => [plain(element.textContent), ...referredBy(element).map(textOf)].join(" "));
  const namesOf = cached((story) => [...story.querySelectorAll("summary, .others")].map(textOf).join(" "));
  const chartFolds = folds.filter((fold) => fold.closest(".chart"));

  let openBefore = null; // the folds of the chart that were open before the search opened the others

  const wordsOf = () => plain(field.value).split(/\s+/).filter(Boolean);

  const search = () => {
    const words = wordsOf();
    const hit = (element) => words.every((word) => textOf(element).includes(word));
    openBefore ??= new Set(chartFolds.filter((fold) => fold.open));
    const hits = new Set(stories.filter(hit));
    const own = new Map([...hits].map((story) => [story, words.filter((word) => !commonOf(story).includes(word))]));
    for (const story of stories) story.hidden = !hits.has(story);

    // A place whose label matches shows everything in it, one whose story matches only itself; both show their boxes.
    const named = new Set();
    const shown = new Set();
    for (const place of places) { // boxes come before what is in them
      if (hit(labelOf(place)) || named.has(boxOf(place))) named.add(place);
      const left = own.get(storyOf(place));
      if (!named.has(place) && !left?.every((word) => textOf(labelOf(place)).includes(word))) continue;
      for (let each = place; each; each = boxOf(each)) shown.add(each);
    }
    for (const place of places) place.hidden = !shown.has(place);
    for (const fold of quiet) fold.hidden = !fold.querySelector(".chip:not([hidden]), .box:not([hidden])");

    for (const fold of chartFolds) fold.open = Boolean(words.length) || openBefore.has(fold);
    if (!words.length) openBefore = null;
    found.textContent = words.length ? `${hits.size} of ${stories.length} shown` : "";
  };

  const clear = () => {
    field.value = "";
    search();
  };

  const show = (story) => {
    if (story.hidden) clear(); // a link works during a search, too
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
  // The label follows the stories, whoever opens them. The event does not bubble, so it is captured.
  document.addEventListener("toggle", () => { unfold.textContent = closed() ? "Open all" : "Close all"; }, true);

  const follow = () => {
    const story = document.getElementById(location.hash.slice(1));
    if (stories.includes(story)) show(story);
  };
  addEventListener("hashchange", follow);
  follow();

  // A second click on the same link does not change the hash.
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a");
    if (link && link.hash === location.hash) follow();
  });

  // Print everything.
  let opened = [];
  addEventListener("beforeprint", () => {
    opened = folds.filter((fold) => !fold.open);
    for (const fold of opened) fold.open = true;
  });
  addEventListener("afterprint", () => { for (const fold of opened) fold.open = false; });
}
