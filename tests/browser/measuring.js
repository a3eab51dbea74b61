// What a page shows, measured from inside it; evaluated by the tests, never served.
(() => {
  const paint = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const rgba = new Map();

  /** A computed colour of any notation as [r, g, b, alpha], 0 to 255 and 0 to 1. */
  const colour = (text) => {
    if (!rgba.has(text)) {
      paint.clearRect(0, 0, 1, 1);
      paint.fillStyle = text;
      paint.fillRect(0, 0, 1, 1);
      const [r, g, b, a] = paint.getImageData(0, 0, 1, 1).data;
      rgba.set(text, [r, g, b, a / 255]);
    }
    return rgba.get(text);
  };

  const name = (e) => {
    const said = (e.getAttribute("aria-label") || e.textContent || e.name || "").trim();
    const id = e.id ? `#${e.id}` : "";
    const kind = e.classList.length ? `.${[...e.classList].join(".")}` : "";
    return `${e.localName}${id}${kind} "${said.replace(/\s+/g, " ").slice(0, 24)}"`;
  };

  /** Whether people see it: it has boxes, is not clipped to a point, not of a closed dialog. */
  const seen = (e) => {
    if (!e.checkVisibility({ visibilityProperty: true, contentVisibilityAuto: true })) return false;
    for (let up = e; up; up = up.parentElement) {
      const box = up.getBoundingClientRect();
      const style = getComputedStyle(up);
      const point = box.width <= 1 || box.height <= 1;
      if (point && style.overflow !== "visible" && style.display !== "contents") return false;
      if (style.clip === "rect(0px, 0px, 0px, 0px)" || style.clipPath === "inset(50%)") return false;
    }
    return true;
  };

  const opacity = (e) => {
    let all = 1;
    for (let up = e; up; up = up.parentElement) all *= parseFloat(getComputedStyle(up).opacity);
    return all;
  };

  const scrolls = (e) => {
    for (let up = e; up && up !== document.body; up = up.parentElement) {
      const { overflowX } = getComputedStyle(up);
      if (["auto", "scroll"].includes(overflowX) && up.scrollWidth > up.clientWidth) return true;
    }
    return false;
  };

  /** Off-screen until it has the focus (a skip link). */
  const waits = (box) => box.bottom + scrollY <= 0 || box.right + scrollX <= 0;

  const texts = () => {
    const found = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const node = walker.currentNode;
      const e = node.parentElement;
      if (!node.textContent.trim() || ["SCRIPT", "STYLE", "TEMPLATE"].includes(e.tagName)) continue;
      if (seen(e)) found.push([node, e]);
    }
    return found;
  };

  const boxes = (node) => {
    const range = document.createRange();
    range.selectNodeContents(node);
    return [...range.getClientRects()].filter((r) => r.width >= 1 && r.height >= 1 && !waits(r));
  };

  /** Things that stay in place over the page are laid into it, so that nothing lies over text. */
  const lay = () => {
    for (const e of document.querySelectorAll("body *")) {
      const { position } = getComputedStyle(e);
      if (position === "fixed" || position === "sticky") {
        e.style.setProperty("position", "relative", "important");
        e.style.setProperty("inset", "auto", "important");
      }
    }
  };

  const inks = () =>
    texts().flatMap(([node, e]) => {
      if (e.closest(":disabled, [aria-disabled=true]")) return [];
      const style = getComputedStyle(e);
      const [r, g, b, a] = colour(style.webkitTextFillColor || style.color);
      const size = parseFloat(style.fontSize);
      const strong = parseInt(style.fontWeight, 10) >= 700;
      return boxes(node).map((box) => ({
        text: name(e),
        ink: [r, g, b, a * opacity(e)],
        large: size >= 24 || (strong && size >= 18.66),
        x: box.x + scrollX,
        y: box.y + scrollY,
        width: box.width,
        height: box.height,
      }));
    });

  const sheet = (css) => {
    const made = new CSSStyleSheet();
    made.replaceSync(css);
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, made];
    return made;
  };

  let hidden = null;
  const hideInk = () => {
    hidden = sheet(`*, *::before, *::after, *::placeholder { color: transparent !important;
      -webkit-text-fill-color: transparent !important; text-shadow: none !important;
      text-decoration-color: transparent !important; caret-color: transparent !important;
      transition: none !important; animation: none !important }
      svg.i { visibility: hidden !important }`);
  };
  const showInk = () => {
    document.adoptedStyleSheets = document.adoptedStyleSheets.filter((one) => one !== hidden);
  };

  const PRESSED = "a[href], button, input:not([type=hidden]), select, textarea, summary, " +
    "[role=button], [role=tab], [role=switch]";

  /** A link inside a sentence may be as small as its line (WCAG 2.2, 2.5.8, inline). */
  const inline = (e) =>
    e.localName === "a" && getComputedStyle(e).display === "inline" &&
    [...e.parentElement.childNodes].some((n) => n.nodeType === 3 && /\p{L}/u.test(n.textContent));

  /** Where a press counts: the control and its label together. */
  const area = (e) => {
    const all = [e, ...(e.labels || [])].map((one) => one.getBoundingClientRect());
    const left = Math.min(...all.map((r) => r.left));
    const top = Math.min(...all.map((r) => r.top));
    const right = Math.max(...all.map((r) => r.right));
    const bottom = Math.max(...all.map((r) => r.bottom));
    return { width: right - left, height: bottom - top, bottom, right };
  };

  const ticks = (e) => e.matches("input[type=checkbox], input[type=radio], input[type=file]");

  const small = (minimum) =>
    [...document.querySelectorAll(PRESSED)].flatMap((e) => {
      if (e.matches(":disabled") || inline(e) || !(seen(e) || (e.labels || [])[0])) return [];
      const box = ticks(e) ? area(e) : e.getBoundingClientRect();
      if (waits(box) || !box.width) return [];
      const tiny = box.width < minimum - 0.5 || box.height < minimum - 0.5;
      return tiny ? [`${name(e)} ${Math.round(box.width)}x${Math.round(box.height)}`] : [];
    });

  const type = () =>
    texts().map(([node, e]) => {
      const style = getComputedStyle(e);
      const size = parseFloat(style.fontSize);
      const line = style.lineHeight === "normal" ? 1.2 : parseFloat(style.lineHeight) / size;
      const length = node.textContent.trim().length;
      return { text: name(e), length, size, line, lines: boxes(node).length };
    });

  const sideways = () => {
    const wide = document.documentElement.clientWidth;
    const found = texts().flatMap(([node, e]) => {
      if (scrolls(e) || e.closest("dialog:not([open])")) return [];
      const out = boxes(node).some((r) => r.right + scrollX > wide + 1 || r.left + scrollX < -1);
      return out ? [`outside: ${name(e)}`] : [];
    });
    const clipped = texts().flatMap(([, e]) => {
      const style = getComputedStyle(e);
      // A name that ends in an ellipsis is a way to where it stands whole.
      if (style.textOverflow === "ellipsis" && e.closest("a[href]")) return [];
      const cut = e.scrollWidth > e.clientWidth + 1 || e.scrollHeight > e.clientHeight + 2;
      return ["hidden", "clip"].includes(style.overflowX) && e.clientWidth > 1 && cut
        ? [`clipped: ${name(e)}`] : [];
    });
    const page = document.documentElement.scrollWidth > innerWidth
      ? [`the page is ${document.documentElement.scrollWidth} px wide`] : [];
    return [...page, ...found, ...clipped];
  };

  const focused = () => {
    const e = document.activeElement;
    if (!e || e === document.body) return null;
    const box = e.getBoundingClientRect();
    const style = getComputedStyle(e);
    const ringed = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 1;
    const marked = ringed || style.boxShadow !== "none";
    const at = document.elementFromPoint(
      Math.min(Math.max(box.x + box.width / 2, 0), innerWidth - 1),
      Math.min(Math.max(box.y + box.height / 2, 0), innerHeight - 1),
    );
    const label = e.labels ? [...e.labels] : [];
    const free = !!at && (e.contains(at) || at.contains(e) || label.some((l) => l.contains(at)));
    return { name: name(e), marked, free, named: !!(e.getAttribute("aria-label") ||
      e.getAttribute("aria-labelledby") || e.textContent.trim() || label.length || e.title) };
  };

  return { lay, inks, hideInk, showInk, small, type, sideways, focused, sheet };
})()
