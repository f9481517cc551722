"use strict";
// Plays the events of one run. Whatever comes from files becomes text nodes, never markup.
(() => {
  const run = JSON.parse(document.getElementById("run").textContent);
  const $ = (id) => document.getElementById(id);
  const el = (tag, attributes = {}, ...children) => {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    made.append(...children);
    return made;
  };
  const plural = (count, word) => `${count} ${word}${count === 1 ? "" : "s"}`;
  const percent = (share) => `${Math.min(share < 1 ? 99.9 : 100, share * 100).toFixed(share > 0.99 && share < 1 ? 1 : 0)} %`;

  // ---- The frames: one for each event that changes the picture; every slot knows its own history.
  const slots = new Map();   // number -> {number, path, line, column, before, after, role, reason, history: [{frame, ...}]}
  const lines = new Map();   // path -> Map(line -> text)
  const frames = [];
  let ended = null, diagnostics = [];
  const counted = () => {
    let held = 0, revised = 0;
    for (const slot of slots.values()) {
      const last = slot.history[slot.history.length - 1];
      held += last.held ? 1 : 0;
      revised += last.revised && last.frame === frames.length ? 1 : 0;
    }
    return { held, revised };
  };
  const frame = (at, text) => frames.push({ at, text });
  for (const moment of run.moments) {
    const at = moment.at, last = (slot) => slot.history[slot.history.length - 1];
    if (moment.event === "planned") {
      for (const intent of moment.plan.intents) {
        const [path, name] = intent.target.split("::");
        $("plan").append(el("li", {}, `rename ${intent.kind} ${name || intent.old} \u2192 ${intent.new} (${path})`));
      }
      for (const place of moment.plan.only) $("plan").append(el("li", {}, `only in ${place}`));
      for (const place of moment.plan.exclude) $("plan").append(el("li", {}, `not in ${place}`));
      if (moment.plan.keep_alias) $("plan").append(el("li", {}, "the old name stays as an alias"));
      frame(at, "The request is understood.");
    } else if (moment.event === "opened") {
      for (const [path, parts] of Object.entries(moment.files)) {
        if (!lines.has(path)) lines.set(path, new Map());
        for (const part of parts) part.lines.forEach((text, i) => lines.get(path).set(part.first + i, text));
      }
      for (const slot of moment.slots) slots.set(slot.number, { ...slot, history: [{ frame: frames.length, becomes: null, confidence: 0, held: false, blank: true }] });
      frame(at, `${plural(slots.size, "place")} on the canvas, all of them noise.`);
    } else if (moment.event === "seen") {
      for (const state of moment.states) {
        const slot = slots.get(state.number);
        if (!slot) continue;
        const decided = slot.history.filter((entry) => !entry.blank).pop();
        slot.history.push({ frame: frames.length, becomes: state.becomes, confidence: state.confidence, held: state.held,
          revised: Boolean(decided) && decided.becomes !== state.becomes });
      }
      const { held, revised } = counted();
      frame(at, `Step ${moment.step + 1}: a pass over ${plural(moment.states.length, "place")}. ${held} of ${slots.size} settled` + (revised ? `, ${revised} revised.` : "."));
    } else if (moment.event === "renoised") {
      for (const number of moment.numbers) {
        const slot = slots.get(number);
        if (slot) slot.history.push({ frame: frames.length, becomes: last(slot).becomes, confidence: 0, held: false, blank: true, reason: moment.reason });
      }
      frame(at, `${plural(moment.numbers.length, "place")} noise again: ${moment.reason}`);
    } else if (moment.event === "diagnosed") {
      diagnostics = moment.diagnostics;
      frame(at, moment.diagnostics.length ? `The checks found ${plural(moment.diagnostics.length, "failure")}: ${moment.diagnostics[0].message}` : "The checks passed.");
    } else if (moment.event === "ended") {
      ended = moment;
    }
  }
  const verdict = ended ? { published: "Published.", proposed: "Proposed; nothing was written.", declined: `Declined. ${ended.reason}`, interrupted: "Interrupted." }[ended.outcome] || ended.outcome : "The recording ends before the run did.";
  frame(ended ? run.moments[run.moments.length - 1].at : run.moments.length ? run.moments[run.moments.length - 1].at : 0, verdict);

  // ---- The page that stays
  document.title = `${run.header.instruction} \u2013 redraft replay`;
  $("instruction").textContent = `\u201c${run.header.instruction}\u201d`;
  const asked = [run.header.repository, `engine ${run.header.engine}`, `seed ${run.header.seed}`];
  if (ended) asked.push(`${ended.seconds.toFixed(1)} s`, plural(ended.forward_passes, "forward pass").replace("passs", "passes"), ...(ended.rounds ? [plural(ended.rounds, "repair round")] : []));
  $("about").textContent = asked.filter(Boolean).join(" \u00b7 ");

  const paths = [...new Set([...slots.values()].map((slot) => slot.path))].sort();
  const inFile = (path) => [...slots.values()].filter((slot) => slot.path === path).sort((a, b) => a.line - b.line || a.column - b.column || a.number - b.number);
  const choose = (slot) => () => show(slot, true);
  for (const path of paths) {
    const own = inFile(path), cells = el("div", {});
    const count = el("span", { class: "count" }), title = el("span", { class: "name" }, ...path.split(/(?<=\/)/).flatMap((part) => [part, el("wbr")]));
    const panel = el("article", { class: "file", "aria-label": path }, el("h2", {}, title, count));
    const body = el("tbody", {});
    const makeSlot = (slot) => {
      slot.button = el("button", { type: "button", class: "slot" + (slot.role === "alias" ? " alias" : "") });
      slot.button.addEventListener("click", choose(slot));
      return slot.button;
    };
    for (const slot of own.filter((one) => one.line === 0)) body.append(el("tr", {}, el("td", {}, "file"), el("td", {}, makeSlot(slot))));
    const known = [...(lines.get(path) || new Map()).entries()].sort((a, b) => a[0] - b[0]);
    let previous = 0;
    for (const [number, text] of known) {
      if (previous && number > previous + 1) body.append(el("tr", { class: "gap" }, el("td", {}, "\u22ee"), el("td", {})));
      previous = number;
      const cell = el("td", {});
      let at = 0;
      const chars = text;
      for (const slot of own.filter((one) => one.line === number)) {
        // Columns count code points; a string of JavaScript counts UTF-16 units.
        const column = [...chars].slice(0, slot.column).join("").length;
        if (column < at) continue;
        cell.append(chars.slice(at, column), makeSlot(slot));
        at = column + slot.before.length;
      }
      cell.append(chars.slice(at));
      body.append(el("tr", {}, el("td", {}, String(number)), cell));
    }
    // Two renames may speak of one place; what has no room in the text stands below it.
    for (const slot of own.filter((one) => !one.button)) body.append(el("tr", {}, el("td", {}, String(slot.line || "")), el("td", {}, makeSlot(slot))));
    panel.append(el("div", { class: "code", tabindex: "0", role: "region", "aria-label": `Lines of ${path}` }, el("table", { role: "presentation" }, body)));
    $("files").append(panel);
    for (const slot of own) { slot.cell = el("span", { class: "cell noise" }); cells.append(slot.cell); }
    $("canvas").append(cells);
    for (const slot of own) slot.file = { count, own };
  }

  const table = document.querySelector("#receipt tbody"), every = document.querySelector("#every tbody");
  const receipt = (ended && ended.receipt) || [];
  const number = (value) => el("td", { class: "number" }, String(value));
  const tally = (entries) => ["change", "keep", "unsure"].map((kind) => entries.filter((entry) => entry.decision === kind).length);
  for (const path of [...new Set(receipt.map((entry) => entry.path))].sort()) {
    const entries = receipt.filter((entry) => entry.path === path);
    table.append(el("tr", {}, el("td", {}, path), number(entries.length), ...tally(entries).map(number)));
  }
  if (receipt.length) table.append(el("tr", { class: "sum" }, el("td", {}, "all"), number(receipt.length), ...tally(receipt).map(number)));
  for (const entry of receipt) {
    const said = entry.decision === "unsure" ? "unsure: " : "", what = entry.after === null ? `${entry.before} stays` : `${entry.before} \u2192 ${entry.after}`;
    every.append(el("tr", {}, el("td", {}, `${entry.path}:${entry.line}`), el("td", entry.decision === "unsure" ? { class: "unsure" } : {}, said + what), number(percent(entry.confidence)), el("td", {}, `${entry.role}, ${entry.reason}`)));
  }
  $("outcome").textContent = verdict + (ended && ended.cut ? " The recording was cut at its bound: not every step of every place is shown." : "");
  for (const found of diagnostics) $("failures").append(el("li", {}, `${found.path ? `${found.path}:${found.line} ` : ""}${found.message}`));

  // ---- One frame
  const stateAt = (slot, index) => {
    let found = null;
    for (const entry of slot.history) { if (entry.frame > index) break; found = entry; }
    return found;
  };
  const classes = (state) => [state.held ? "held" : "noise", state.becomes === null ? "keep" : "change", ...(state.revised ? ["revised"] : [])];
  const said = (slot, state) => state.becomes === null ? (slot.before ? `${slot.before} stays` : "nothing is added") : slot.before ? `${slot.before} becomes ${state.becomes}` : `adds ${state.becomes.trim()}`;
  let now = 0, chosen = null, timer = 0;

  const draw = (index) => {
    now = Math.max(0, Math.min(frames.length - 1, index));
    for (const slot of slots.values()) {
      const state = stateAt(slot, now), shown = [slot.button, slot.cell];
      if (slot.drawn === state) continue;
      slot.drawn = state;
      for (const part of shown) {
        part.classList.remove("held", "noise", "keep", "change", "revised");
        part.hidden = state === null;
        if (state) { part.classList.add(...classes(state)); part.style.setProperty("--c", String(state.confidence ** 2)); }
      }
      if (!state) { slot.button.replaceChildren(slot.before); slot.button.hidden = false; slot.button.disabled = true; continue; }
      slot.button.disabled = false;
      const place = `${slot.path} ${slot.line ? `line ${slot.line}` : "name of the file"}`;
      slot.button.setAttribute("aria-label", `${place}: ${state.blank ? `${slot.before || "a gap"}, noise` : `${said(slot, state)}, ${state.held ? "settled" : "still noise"}, ${percent(state.confidence)}`}`);
      slot.button.title = state.blank ? "noise" : `${said(slot, state)} (${percent(state.confidence)})`;
      const added = state.becomes !== null && !state.blank;
      slot.button.replaceChildren(...(added ? [...(slot.before ? [el("del", {}, slot.before)] : []), el("ins", {}, slot.role === "alias" ? state.becomes.trim() : state.becomes)] : [slot.before || "\u2581"]));
    }
    for (const path of paths) {
      const own = inFile(path), states = own.map((slot) => stateAt(slot, now)).filter(Boolean);
      const held = states.filter((state) => state.held).length;
      own[0].file.count.textContent = states.length ? `${held}/${states.length} settled` : "";
    }
    $("slider").value = String(now);
    $("slider").setAttribute("aria-valuetext", frames[now].text);
    $("clock").textContent = `${now + 1}/${frames.length} \u00b7 ${frames[now].at.toFixed(2)} s`;
    $("status").textContent = frames[now].text;
    if (chosen) show(chosen, false);
  };

  const show = (slot, byHand) => {
    if (chosen) chosen.button.classList.remove("chosen");
    chosen = slot;
    slot.button.classList.add("chosen");
    const place = $("place");
    place.hidden = false;
    place.querySelector("h2").textContent = `${slot.path}${slot.line ? `:${slot.line}:${slot.column}` : ""}`;
    const state = stateAt(slot, now), facts = [["place", slot.role], ["evidence", slot.reason], ["now", !state || state.blank ? "noise" : `${said(slot, state)}, ${state.held ? "settled" : "still noise"}`]];
    place.querySelector("dl").replaceChildren(...facts.flatMap(([name, value]) => [el("dt", {}, name), el("dd", {}, value)]));
    place.querySelector("ol").replaceChildren(...slot.history.map((entry) => {
      const text = entry.blank ? (entry.reason ? `noise again: ${entry.reason}` : "noise") : `${said(slot, entry)}${entry.held ? "" : " ?"}${entry.revised ? " (revised)" : ""} ${percent(entry.confidence)}`;
      const item = el("li", entry === state ? { class: "now", "aria-current": "step" } : {}, `${frames[entry.frame].at.toFixed(2)} s  ${text}`);
      if (!entry.blank) item.append(el("meter", { min: "0", max: "1", value: String(entry.confidence), "aria-label": "confidence" }));
      return item;
    }));
    if (byHand) pause();
  };
  $("close").addEventListener("click", () => { $("place").hidden = true; if (chosen) { chosen.button.classList.remove("chosen"); chosen.button.focus(); } chosen = null; });

  // ---- Playing
  const pause = () => { clearTimeout(timer); timer = 0; $("play").textContent = "Play"; };
  const next = () => { if (now >= frames.length - 1) { pause(); return; } draw(now + 1); timer = setTimeout(next, pace); };
  const pace = Math.max(250, Math.min(1100, 14000 / frames.length));
  const play = () => { if (now >= frames.length - 1) draw(0); $("play").textContent = "Pause"; timer = setTimeout(next, pace); };
  const jump = (index) => { pause(); draw(index); };
  $("play").addEventListener("click", () => (timer ? pause() : play()));
  $("back").addEventListener("click", () => jump(now - 1));
  $("forward").addEventListener("click", () => jump(now + 1));
  $("slider").max = String(frames.length - 1);
  $("slider").addEventListener("input", (event) => jump(Number(event.target.value)));
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const isButton = event.target.closest && event.target.closest("button, summary, a");
    const isSlider = event.target === $("slider"), scrolls = event.target.closest && event.target.closest(".code");
    const keys = { ArrowLeft: () => jump(now - 1), ArrowRight: () => jump(now + 1), Home: () => jump(0), End: () => jump(frames.length - 1) };
    if (event.key === " " && !isButton) { event.preventDefault(); timer ? pause() : play(); }
    else if (event.key === "Escape" && chosen) $("close").click();
    else if (keys[event.key] && !isSlider && !scrolls) { event.preventDefault(); keys[event.key](); }
  });

  const wanted = /^#frame=(\d+)$/.exec(location.hash);
  draw(wanted ? Number(wanted[1]) : 0);
  if (!wanted && frames.length > 1 && !matchMedia("(prefers-reduced-motion: reduce)").matches) play();
})();
