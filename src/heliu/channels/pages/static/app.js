// What a page can do beyond links and forms; every act works without it. One listener per event.
(() => {
  const doc = document, root = doc.documentElement, $ = (selector) => doc.querySelector(selector);
  const all = (selector, act) => doc.querySelectorAll(selector).forEach(act);
  const kept = (key, value) => { try { return value === undefined ? sessionStorage[key] : (sessionStorage[key] = value) } catch { } };
  root.classList.add("js");

  const tell = (text) => { const live = $("#live"); live.textContent = ""; setTimeout(() => { live.textContent = text }, 40) };

  function mask(on) {
    root.toggleAttribute("data-mask", on);
    kept("mask", on ? 1 : "");
    all("[data-m]", (node) => {
      if (on) { node.bare ??= node.innerHTML; node.textContent = "••••••" }
      else if (node.bare) { node.innerHTML = node.bare; node.bare = undefined }
    });
    all("[data-do=mask]", (button) => {
      button.setAttribute("aria-pressed", on);
      const use = button.querySelector("use");
      use?.setAttribute("href", use.getAttribute("href").replace(/#d-eye.*/, on ? "#d-eye-slash" : "#d-eye"));
    });
  }

  // The sentence on the screen is the sentence spoken: the device's voice, else the server's.
  function say(button) {
    const text = (button.dataset.say ? $("#" + button.dataset.say) : button).textContent.trim();
    const english = root.lang.startsWith("en"), synth = window.speechSynthesis;
    const voice = synth?.getVoices().find((one) => one.lang.startsWith(english ? "en" : "zh"));
    tell(text);
    if (voice) {
      const words = new SpeechSynthesisUtterance(text);
      words.voice = voice; words.lang = voice.lang; words.rate = .9;
      synth.cancel(); synth.speak(words);
    } else if (button.dataset.src) new Audio(button.dataset.src).play().catch(() => { });
  }

  // A spoken task is only written into its field: the reader sees it and sends it himself.
  function listen(button) {
    const field = $("#" + button.dataset.for), Ear = window.SpeechRecognition ?? window.webkitSpeechRecognition;
    field.focus();
    if (!Ear) return;
    const ear = new Ear();
    ear.lang = root.lang;
    ear.onresult = (event) => { field.value = event.results[0][0].transcript; tell(field.value) };
    ear.start();
  }

  async function passkey(button) {
    const { dataset: data, form } = button, box = data.passkey, say = form.querySelector("[data-passkey-error]");
    try {
      const options = JSON.parse(data.options), Key = PublicKeyCredential;
      const made = box === "create"
        ? await navigator.credentials.create({ publicKey: Key.parseCreationOptionsFromJSON(options) })
        : await navigator.credentials.get({ publicKey: Key.parseRequestOptionsFromJSON(options) });
      form.elements[data.into].value = JSON.stringify(made);
      form.requestSubmit(data.submit ? form.querySelector(data.submit) : undefined);
    } catch { if (say) say.hidden = false }
  }

  const sheet = (dialog) => { if (dialog && !dialog.open) dialog.showModal() };
  const acts = {
    mask: () => mask(!root.hasAttribute("data-mask")),
    say, listen, passkey,
    open: (button) => sheet($("#" + button.dataset.for)),
    close: (button) => button.closest("dialog").close(),
    copy: (button) => navigator.clipboard.writeText($("#" + button.dataset.for).textContent.trim()).then(() => tell(button.dataset.done)),
    print: () => print(),
    all: (button) => { button.closest("form").querySelectorAll("[data-row] [type=checkbox]").forEach((box) => { box.checked = button.checked }) },
    theme: (button, event) => {
      event.preventDefault();
      const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme:dark)").matches;
      root.dataset.theme = button.value = dark ? "light" : "dark";
      const body = new FormData(button.form);
      body.set(button.name, button.value);
      fetch(button.form.action, { method: "POST", body, keepalive: true });
    },
  };

  doc.addEventListener("click", (event) => {
    const button = event.target.closest("[data-do]");
    if (button) acts[button.dataset.do]?.(button, event);
    else if (event.target.matches("dialog")) event.target.close();
  });

  // One press is one act: the second press of a form on its way is swallowed.
  doc.addEventListener("submit", (event) => {
    const form = event.target, button = event.submitter;
    if (form.method === "dialog") return;
    if (form.busy) return event.preventDefault();
    setTimeout(() => {
      if (event.defaultPrevented && !form.hasAttribute("hx-post")) return;
      form.busy = true;
      button?.setAttribute("aria-busy", "true");
      setTimeout(rest, 15000, form);
    });
  });
  function rest(form) {
    form.busy = false;
    form.querySelectorAll("[aria-busy]").forEach((button) => button.removeAttribute("aria-busy"));
  }
  addEventListener("pageshow", () => all("form", rest));
  doc.addEventListener("htmx:finally:request", (event) => { const form = event.target.closest?.("form"); if (form) rest(form) });
  doc.addEventListener("htmx:after:swap", () => {
    const target = $("#sheet");
    if (target?.firstElementChild) sheet(target);
    ready();
  });

  // Countdowns run on the server's clock; a wall whose beat is missed twice goes grey.
  let beat = performance.now(), drift = 0;
  for (const name of ["htmx:sse:after:message", "beat"]) doc.addEventListener(name, () => { beat = performance.now(); tick() });
  function ready() {
    const now = $("[data-now]");
    if (now) drift = Date.parse(now.dataset.now) - Date.now();
    if (root.hasAttribute("data-mask")) mask(true);
    tick();
  }
  function tick() {
    all("[data-until]", (node) => {
      const left = Math.max(0, Math.ceil((Date.parse(node.dataset.until) - Date.now() - drift) / 1000));
      const parts = [Math.floor(left / 3600), Math.floor(left / 60) % 60, left % 60];
      node.textContent = left ? parts.map((part) => String(part).padStart(2, 0)).join(":") : node.dataset.over ?? "00:00:00";
    });
    const wall = $("[data-beat]");
    if (wall) {
      const late = performance.now() - beat > 2 * wall.dataset.beat;
      if (wall.toggleAttribute("data-stale", late) !== wall.late) { wall.late = late; if (late) tell(wall.dataset.late) }
    }
  }
  setInterval(tick, 1000);

  // Consoles by keyboard: only over a list, never inside a field, and it can be switched off.
  const keysOff = () => { try { return localStorage.keys === "off" } catch { return false } };
  doc.addEventListener("keydown", (event) => {
    const rows = [...doc.querySelectorAll("[data-row]")], on = doc.activeElement;
    if (event.ctrlKey || event.metaKey || event.altKey || on.matches("input:not([type=checkbox]),select,textarea") || keysOff() || $("dialog[open]")) return;
    const at = rows.findIndex((row) => row.contains(on)), go = (to) => { rows[to]?.focus(); rows[to]?.scrollIntoView({ block: "nearest" }) };
    const keys = {
      j: () => go(Math.min(at + 1, rows.length - 1)),
      k: () => go(Math.max(at - 1, 0)),
      x: () => rows[at]?.querySelector("[type=checkbox]")?.click(),
      Enter: () => { if (on === rows[at]) rows[at].querySelector("a")?.click() },
      "/": () => { $("[type=search]")?.focus(); event.preventDefault() },
      "?": () => sheet($("#keys")),
    };
    if (rows.length || event.key === "/") keys[event.key]?.();
  });
  doc.addEventListener("change", (event) => {
    const box = event.target;
    if (box.id === "keys-on") try { localStorage.keys = box.checked ? "on" : "off" } catch { }
    if (box.dataset.auto !== undefined) box.form.requestSubmit();
  });

  if (kept("mask")) mask(true);
  if ($("#keys-on")) $("#keys-on").checked = !keysOff();
  ready();
  if (navigator.serviceWorker && isSecureContext) addEventListener("load", () => navigator.serviceWorker.register("/sw.js").catch(() => { }));
})();
