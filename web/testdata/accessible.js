// Holds a page against what everybody needs to use it: landmarks, names, labels,
// contrasts (WCAG 2.2 AA), room on a narrow screen. Returns what is wrong.
(() => {
  const wrong = [], all = (s) => [...document.querySelectorAll(s)], say = (text, e) => wrong.push(text + (e ? ": " + e.outerHTML.slice(0, 120) : ""));
  const shown = (e) => e.getClientRects().length > 0 && getComputedStyle(e).visibility !== "hidden";
  // A document that the page shows, .paper, has a title and an end of its own.
  const one = (s) => { const n = all(s).filter((e) => !e.closest(".paper")).length; if (n !== 1) say(n + " of " + s); };
  ["html[lang]", "title", "h1", "main", "header.top", "footer", "meta[name=viewport]"].forEach(one);
  if (!/^(vi|en)$/.test(document.documentElement.lang)) say("no language");
  if (!document.title.includes(document.querySelector("h1").textContent)) say("the title does not name the page");
  all("nav").forEach((e) => e.getAttribute("aria-label") || say("navigation without a name", e));

  const ids = all("[id]").map((e) => e.id);
  ids.filter((id, i) => ids.indexOf(id) !== i).forEach((id) => say("the id stands twice: " + id));
  for (const name of ["aria-describedby", "aria-labelledby"]) {
    all("[" + name + "]").forEach((e) => e.getAttribute(name).trim().split(/\s+/).forEach((id) => ids.includes(id) || say(name + " leads nowhere", e)));
  }
  all('a[href^="#"]').forEach((e) => ids.includes(e.getAttribute("href").slice(1)) || say("the link leads nowhere", e));

  let level = 0;
  all("h1, h2, h3, h4").forEach((e) => { const n = +e.tagName[1]; if (level && n > level + 1) say("a heading skips a level", e); level = n; });
  all("input:not([type=hidden]):not([hidden]), select, textarea").forEach((e) => {
    if (!e.labels.length || !e.labels[0].textContent.trim()) say("no label", e);
    if (e.getAttribute("aria-invalid") && !e.getAttribute("aria-describedby")) say("what is wrong is not told", e);
    if (e.type === "password" && e.value) say("a password is filled in", e);
  });
  all("a, button, summary").forEach((e) => e.textContent.trim() || e.getAttribute("aria-label") || say("no name", e));
  all("table").forEach((e) => {
    if (!(e.caption && e.caption.textContent.trim()) && !e.closest(".paper [role=region][aria-label]")) say("a table without a caption", e);
    e.querySelectorAll("th").forEach((th) => th.scope || say("a heading of a table without scope", th));
  });
  all("img").forEach((e) => e.hasAttribute("alt") || say("a picture without words", e));
  all("[style], script, style").forEach((e) => say("style or script in the page", e));
  all('form[method="post"]').forEach((e) => e.querySelector('input[name="csrf"][value]:not([value=""])') || say("a form without a token", e));
  all('form:not([method="post"])').forEach((e) => say("a form that is no POST", e));
  all("[tabindex]").forEach((e) => e.tabIndex > 0 && say("an order of its own", e));

  if (document.documentElement.scrollWidth > innerWidth) {
    say("the page is wider than the screen by " + (document.documentElement.scrollWidth - innerWidth));
    all("body *").forEach((e) => e.getBoundingClientRect().right > innerWidth + 1 && !e.closest(".skip") && say("too wide", e));
  }
  all("button, .button, nav a, input:not([type=hidden]), select, summary").filter(shown).forEach((e) => {
    const r = e.getBoundingClientRect();
    if (r.height < 24 || r.width < 24) say("smaller than 24 pixels", e);
  });

  const parts = (c) => c.match(/[\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].map((v) => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4).reduce((s, v, i) => s + v * [0.2126, 0.7152, 0.0722][i], 0);
  const ground = (e) => { for (; e; e = e.parentElement) { const c = parts(getComputedStyle(e).backgroundColor); if (c.length < 4 || c[3] === 1) return c; } return [255, 255, 255]; };
  all("body *").filter(shown).forEach((e) => {
    if (![...e.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim())) return;
    const style = getComputedStyle(e), [a, b] = [light(parts(style.color)), light(ground(e))].sort((x, y) => y - x);
    const large = parseFloat(style.fontSize) >= 24 || parseFloat(style.fontSize) >= 18.66 && style.fontWeight >= 700;
    if ((a + 0.05) / (b + 0.05) < (large ? 3 : 4.5)) say("contrast " + ((a + 0.05) / (b + 0.05)).toFixed(2), e);
  });
  return wrong;
})()
