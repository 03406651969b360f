import type { Client, ClientFrame } from "./client-state.ts";
import type { ClientControl, ClientDocument, ClientElement, ClientEvent, ClientWindow } from "./dom.ts";

/*
 * The picture's own script: these functions run in the browser. `clientScript` writes their text into the SVG, so they
 * may use their arguments, each other, what every browser has, and nothing else of this module or any other.
 */

/** The functions whose text makes up the script; `startClient` is called last. */
export function clientScript(): string {
  const parts = [
    cutLabel, columnsOf, readFrame, makeTools, html, layOut, placeFrame, drawFrame, labelFrame, resize, search, readState, applyState,
    stateHash, zoomTo, setFocus, moveFocus, pressed, pressedOnFrame, showDetail, frameOf, cancel, listen,
  ];
  // Bundlers that keep names call `__name`, which is theirs and not here.
  const named = "const __name=(value)=>value;";
  return `"use strict";(()=>{${named}\n${parts.map(String).join("\n")}\n(${String(startClient)})(window);})();`;
}

/** `text` in at most `columns` columns of a fixed-width font, cut with an ellipsis; "" if there is no room for sense. */
export function cutLabel(text: string, columns: number): string {
  if (text.length * 2 <= columns) return text;
  let used = 0;
  let fits = "";
  for (const character of text) {
    const width = columnsOf(character);
    if (used + width > columns - 1) {
      const isLast = fits.length + character.length === text.length;
      if (isLast && used + width <= columns) return text;
      return used < 2 ? "" : `${fits}…`;
    }
    used += width;
    fits += character;
  }
  return text;
}

/** 2 for East Asian wide characters and emoji (Unicode's report 11, roughly), else 1. */
function columnsOf(character: string): number {
  const wide = /^(?:[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60]|[\ud83c-\ud83e\ud840-\ud87f])/;
  return wide.test(character) ? 2 : 1;
}

function startClient(window: ClientWindow): void {
  const { document } = window;
  const root = document.documentElement;
  const frames = [...document.getElementById("frames").querySelectorAll("g")].map(readFrame);
  if (frames.length === 0) return;
  const client: Client = {
    window, document, root, frames,
    places: new Map(frames.map(({ element }, index) => [element, index])),
    ...makeTools(document),
    titleText: document.getElementById("title").getAttribute("data-text") ?? "",
    subtitleText: document.getElementById("subtitle").getAttribute("data-text") ?? "",
    height: Number(root.getAttribute("height")),
    zoom: 0, focused: 0, detail: -1,
  };
  root.classList.add("live");
  frames[0]!.element.setAttribute("tabindex", "0");
  listen(client);
  resize(client);
  readState(client);
}

function readFrame(element: ClientElement): ClientFrame {
  const [start, count, depth] = (element.getAttribute("data-f") ?? "").split(" ").map(Number);
  const title = element.firstElementChild?.textContent ?? "";
  element.setAttribute("role", "button");
  element.setAttribute("tabindex", "-1");
  return {
    element, title,
    rect: element.querySelector("rect")!,
    label: element.querySelector("svg"),
    text: title.slice(0, title.lastIndexOf(" (")),
    start: start!, count: count!, depth: depth!,
    shown: true, place: "",
  };
}

function makeTools(document: ClientDocument): Pick<Client, "input" | "reset" | "result"> {
  const tools = document.createElementNS("http://www.w3.org/2000/svg", "foreignObject");
  const row = html(document, "div", { role: "toolbar", "aria-label": "Flame graph" });
  const result = html(document, "output", { "aria-live": "polite", id: "result" });
  const input = html(document, "input", {
    id: "search", type: "search", placeholder: "Search (regular expression)", "aria-label": "Search by regular expression",
    title: "Ctrl-F or F3. Upper and lower case count only if the pattern has an upper-case letter.",
    autocomplete: "off", spellcheck: "false",
  }) as ClientControl;
  const reset = html(document, "button", { id: "reset", type: "button" }) as ClientControl;
  reset.textContent = "Reset zoom";
  tools.setAttribute("id", "tools");
  tools.setAttribute("height", "34");
  row.append(result, input, reset);
  tools.append(row);
  document.getElementById("head").append(tools);
  return { input, reset, result };
}

function html(document: ClientDocument, name: string, attributes: Record<string, string>): ClientElement {
  const element = document.createElementNS("http://www.w3.org/1999/xhtml", name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
}

function listen(client: Client): void {
  const { window, document, input, reset } = client;
  const frames = document.getElementById("frames");
  frames.addEventListener("click", ({ target }) => {
    const index = frameOf(client, target);
    if (index >= 0) zoomTo(client, index);
  });
  frames.addEventListener("mouseover", ({ target }) => showDetail(client, frameOf(client, target)));
  frames.addEventListener("mouseout", () => showDetail(client, client.zoom === 0 ? -1 : client.zoom));
  frames.addEventListener("focusin", ({ target }) => showDetail(client, frameOf(client, target)));
  frames.addEventListener("keydown", (event) => pressedOnFrame(client, event));
  reset.addEventListener("click", () => zoomTo(client, 0));
  input.addEventListener("input", () => applyState(client, client.zoom, input.value));
  window.addEventListener("keydown", (event) => pressed(client, event));
  window.addEventListener("hashchange", () => readState(client));
  window.addEventListener("resize", () => resize(client));
  const head = document.getElementById("head");
  window.addEventListener("scroll", () => head.setAttribute("transform", `translate(0 ${Math.max(0, window.scrollY)})`), { passive: true });
}

/** Place of the frame that an event's target belongs to; -1 if none. */
function frameOf(client: Client, target: ClientElement): number {
  return client.places.get(target.closest("#frames g")) ?? -1;
}

/** Fits header, tools and labels to the window's width. */
function resize(client: Client): void {
  const { document, root } = client;
  const width = root.getBoundingClientRect().width;
  const isNarrow = width < 820;
  const toolsWidth = isNarrow ? width * 0.98 : 480;
  const shift = isNarrow ? 36 : 0;
  const tools = document.getElementById("tools");
  tools.setAttribute("x", String(isNarrow ? width * 0.01 : width * 0.99 - toolsWidth));
  tools.setAttribute("y", isNarrow ? "78" : "46");
  tools.setAttribute("width", String(toolsWidth));
  root.classList.toggle("narrow", isNarrow);
  root.setAttribute("height", String(client.height + shift));
  document.getElementById("stage").setAttribute("transform", `translate(0 ${shift})`);
  document.getElementById("foot").setAttribute("transform", `translate(0 ${shift})`);
  document.getElementById("cover").setAttribute("height", String(104 + shift));
  document.getElementById("details").setAttribute("y", String(95 + shift));
  document.getElementById("title").textContent = cutLabel(client.titleText, Math.floor((width * 0.98) / 9.2));
  document.getElementById("subtitle").textContent = cutLabel(client.subtitleText, Math.floor((width * 0.98) / 6.4));
  layOut(client);
  showDetail(client, client.detail);
}

/** Sets every frame's place for the frame zoomed to. */
function layOut(client: Client): void {
  const width = client.root.getBoundingClientRect().width * 0.98;
  const zoomed = client.frames[client.zoom]!;
  for (const frame of client.frames) placeFrame(client.document, frame, zoomed, width);
  client.reset.disabled = client.zoom === 0;
}

function placeFrame(document: ClientDocument, frame: ClientFrame, zoomed: ClientFrame, width: number): void {
  const isBelow = frame.depth >= zoomed.depth && frame.start >= zoomed.start && frame.start + frame.count <= zoomed.start + zoomed.count;
  const isAbove = frame.depth < zoomed.depth && frame.start <= zoomed.start && frame.start + frame.count >= zoomed.start + zoomed.count;
  frame.shown = isBelow || isAbove;
  const start = isBelow ? (frame.start - zoomed.start) / zoomed.count : 0;
  const share = isBelow ? frame.count / zoomed.count : 1;
  const place = frame.shown ? `${start} ${share} ${isAbove}` : "hidden";
  // Attributes are what takes long; none has to change where a picture is first shown whole.
  if (frame.place !== place && (frame.place !== "" || zoomed.depth > 0)) drawFrame(frame, start * 100, share * 100, isAbove);
  frame.place = place;
  if (frame.shown) labelFrame(document, frame, cutLabel(frame.text, Math.floor((share * width - 6) / 7.25)));
}

function drawFrame({ element, rect, label, shown }: ClientFrame, x: number, width: number, isAbove: boolean): void {
  if (!shown) return element.setAttribute("display", "none");
  element.removeAttribute("display");
  element.classList.toggle("above", isAbove);
  for (const each of label === null ? [rect] : [rect, label]) {
    each.setAttribute("x", `${x}%`);
    each.setAttribute("width", `${width}%`);
  }
}

function labelFrame(document: ClientDocument, frame: ClientFrame, text: string): void {
  if (frame.label === null) {
    if (text === "") return;
    frame.label = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    const label = document.createElementNS("http://www.w3.org/2000/svg", "text");
    for (const name of ["x", "y", "width", "height"]) frame.label.setAttribute(name, frame.rect.getAttribute(name) ?? "");
    label.setAttribute("x", "4");
    label.setAttribute("y", "13");
    frame.label.append(label);
    frame.element.append(frame.label);
  }
  const label = frame.label.firstElementChild!;
  if (label.textContent !== text) label.textContent = text;
}

/** Shows a frame's numbers above the picture; none for -1. */
function showDetail(client: Client, index: number): void {
  client.detail = index;
  const columns = Math.floor((client.root.getBoundingClientRect().width * 0.98) / 7.25);
  client.document.getElementById("details").textContent = index < 0 ? "" : cutLabel(client.frames[index]!.title, columns);
}

/** Marks what matches and says its share; frames under a marked one are in that one's samples already. */
function search(client: Client, pattern: string): void {
  const { frames, input, result } = client;
  let expression: RegExp | null = null;
  input.removeAttribute("aria-invalid");
  result.textContent = "";
  try {
    if (pattern !== "") expression = new RegExp(pattern, /[A-Z]/.test(pattern) ? "" : "i");
  } catch {
    input.setAttribute("aria-invalid", "true");
    result.textContent = "Not a regular expression";
  }
  let covered = 0;
  let matched = 0;
  for (const frame of frames) {
    const isMatch = expression !== null && frame.depth > 0 && expression.test(frame.text);
    frame.element.classList.toggle("match", isMatch);
    if (!isMatch || frame.start < covered) continue;
    covered = frame.start + frame.count;
    matched += frame.count;
  }
  if (expression !== null) result.textContent = `Matched: ${((matched / frames[0]!.count) * 100).toFixed(2)}%`;
}

/** Zooms as a step of the browser's history. */
function zoomTo(client: Client, index: number): void {
  if (index !== client.zoom) client.window.location.hash = stateHash(client, index, client.input.value);
  applyState(client, index, client.input.value);
  setFocus(client, index, false);
}

/** Shows a state and keeps it in the address, without a step in the history. */
function applyState(client: Client, index: number, pattern: string): void {
  if (client.input.value !== pattern) client.input.value = pattern;
  if (client.zoom !== index) {
    client.zoom = index;
    layOut(client);
    showDetail(client, index);
  }
  search(client, pattern);
  const hash = stateHash(client, index, pattern);
  if ((client.window.location.hash || "#zoom=0.0") !== hash) client.window.location.replace(hash);
}

/** `#zoom=START.DEPTH&search=PATTERN`, START in samples. Never empty: browsers go to the page's top at `#`. */
function stateHash(client: Client, index: number, pattern: string): string {
  const { start, depth } = client.frames[index]!;
  return `#zoom=${start}.${depth}${pattern === "" ? "" : `&search=${encodeURIComponent(pattern)}`}`;
}

function readState(client: Client): void {
  const { hash } = client.window.location;
  const zoom = /[#&]zoom=(\d+)\.(\d+)/.exec(hash);
  const index = zoom === null ? 0 : client.frames.findIndex(({ start, depth }) => start === Number(zoom[1]) && depth === Number(zoom[2]));
  let pattern = /[#&]search=([^&]*)/.exec(hash)?.[1] ?? "";
  try {
    pattern = decodeURIComponent(pattern);
  } catch {
    // Not of our making: taken as it is.
  }
  if (Math.max(0, index) !== client.zoom || pattern !== client.input.value) applyState(client, Math.max(0, index), pattern);
}

function pressed(client: Client, event: ClientEvent): void {
  const isFind = event.key === "F3" || (event.key.toLowerCase() === "f" && (event.ctrlKey || event.metaKey));
  if (isFind && client.document.activeElement !== client.input) {
    event.preventDefault();
    client.input.focus();
    client.input.select();
  } else if (event.key === "Escape") {
    cancel(client);
  }
}

/** Clears the search, or if there is none, the zoom. */
function cancel(client: Client): void {
  if (client.input.value !== "") applyState(client, client.zoom, "");
  else if (client.zoom !== 0) zoomTo(client, 0);
}

function pressedOnFrame(client: Client, event: ClientEvent): void {
  const arrow = /^Arrow(Up|Down|Left|Right)$/.exec(event.key)?.[1];
  if (event.ctrlKey || event.metaKey) return;
  if (event.key === "Enter" || event.key === " ") zoomTo(client, client.focused);
  else if (arrow !== undefined) moveFocus(client, arrow);
  else return;
  event.preventDefault();
}

/** To the frame that lies next to the focused one in the picture. */
function moveFocus(client: Client, arrow: string): void {
  const { frames, focused } = client;
  const from = frames[focused]!;
  const isDown = client.root.getAttribute("data-inverted") === "true" ? "Down" : "Up";
  const near = (index: number): boolean => {
    const to = frames[index]!;
    if (!to.shown) return false;
    if (arrow === "Left" || arrow === "Right") return to.depth === from.depth;
    return arrow === isDown ? to.depth === from.depth + 1 && to.start >= from.start : to.depth === from.depth - 1;
  };
  const step = arrow === "Right" || arrow === isDown ? 1 : -1;
  for (let index = focused + step; index >= 0 && index < frames.length; index += step) {
    if (near(index)) return setFocus(client, index, true);
  }
}

/** One frame at a time is in the tab order; arrow keys move from there. */
function setFocus(client: Client, index: number, takeFocus: boolean): void {
  client.frames[client.focused]!.element.setAttribute("tabindex", "-1");
  client.focused = index;
  const { element } = client.frames[index]!;
  element.setAttribute("tabindex", "0");
  if (takeFocus) element.focus();
}
