"use strict";
// Everything shown is written as text, never as HTML: names and messages come from elsewhere.
const at = (id) => document.getElementById(id);
const tones = {streaming: "good", catching_up: "good", snapshot: "wait", starting: "wait", standby: "wait", reconnecting: "warn", draining: "warn", stopped: "bad"};
const hour = 3600e3;
const step = 10e3;
let samples = [];
let spentBefore = [];  // of the last ten seconds, oldest first
let lastEvent = 0;

function make(tag, text, kind) {
  const element = document.createElement(tag);
  if (text !== undefined) element.textContent = text;
  if (kind) element.className = kind;
  return element;
}

function draw(tag, attributes) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const name in attributes) element.setAttribute(name, attributes[name]);
  return element;
}

function count(value) {
  return value === null || value === undefined ? "–" : Math.round(value).toLocaleString("en-US");
}

function short(value) {
  if (value < 10) return value === 0 ? "0" : value.toFixed(1);
  if (value < 10e3) return count(value);
  return value < 1e6 ? (value / 1e3).toFixed(value < 100e3 ? 1 : 0) + " k" : (value / 1e6).toFixed(value < 100e6 ? 1 : 0) + " M";
}

function bytes(value) {
  if (value === null || value === undefined) return "–";
  const units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];
  let i = 0;
  while (Math.abs(value) >= 1024 && i < units.length - 1) { value /= 1024; ++i; }
  return (i === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)) + " " + units[i];
}

function span(value) {
  if (value === null || value === undefined) return "–";
  if (value < 1) return value < 0.001 ? "0 s" : Math.round(value * 1000) + " ms";
  if (value < 10) return value.toFixed(1) + " s";
  if (value < 120) return Math.round(value) + " s";
  if (value < 7200) return Number((value / 60).toFixed(value < 600 ? 1 : 0)) + " min";
  return value < 172800 ? (value / 3600).toFixed(1) + " h" : Math.round(value / 86400) + " days";
}

const clock = (ms) => new Date(ms).toLocaleTimeString([], {hour: "2-digit", minute: "2-digit", second: "2-digit"});

function split_unit(id, text) {
  const cut = text.lastIndexOf(" ");
  const value = cut < 0 ? text : text.slice(0, cut);
  at(id).replaceChildren(value, ...(cut < 0 ? [] : [make("small", text.slice(cut + 1))]));
}

function show_state(s) {
  const well = s.state !== "streaming" || s.ready;
  at("name").textContent = s.name || "";
  document.title = (well ? s.state : "not ready") + (s.name ? " · " + s.name : "") + " · walferry";
  at("hero").dataset.tone = well ? tones[s.state] || "wait" : "warn";
  at("state").textContent = s.state;
  const reason = (s.state === "streaming" ? s.ready_reason.replace(/^streaming; /, "") : s.reason) || "";
  at("reason").textContent = reason.charAt(0).toUpperCase() + reason.slice(1) + (reason ? "." : "");
  const since = s.state_since ? (Date.parse(s.taken_at) - Date.parse(s.state_since)) / 1000 : null;
  at("since").textContent = since === null ? "" : "for " + span(since) + (s.source.host ? " from " + s.source.host : "") + (s.source.version ? ", PostgreSQL " + s.source.version : "");
  split_unit("lag", span(s.lag.seconds));
  split_unit("rate", short(s.rates.changes_per_second) + " /s");
  split_unit("unconfirmed", short(s.sink.records_unconfirmed));
  at("build").textContent = "walferry " + s.build.version + (s.build.commit ? " (" + s.build.commit + ")" : "") + ", " + s.delivery.replaceAll("_", " ");
}

function tick(value) {
  const [unit, name] = value >= 7200 ? [3600, " h"] : value >= 120 ? [60, " min"] : [1, " s"];
  return value === 0 ? "0" : Number((value / unit).toFixed(1)) + name;
}

function nice(max) {
  if (max <= 1) return 1;
  const unit = [1, 60, 3600].filter((u) => max >= u).pop();
  const steps = unit === 3600 ? [1, 2, 4, 6, 12, 24, 48, 96, 240, 720] : [1, 2, 5, 10, 20, 30, 60];
  return unit * (steps.find((candidate) => candidate * unit >= max) || Math.ceil(max / unit));
}

function show_plot() {
  const box = at("plot");
  const width = box.clientWidth, height = box.clientHeight, left = 52, bottom = 22, top = 8, right = 6;
  const end = samples.length ? samples[samples.length - 1].at : Date.now();
  const max = nice(Math.max(0, ...samples.map((p) => p.lag)));
  const x = (time) => left + (width - left - right) * (1 - (end - time) / hour);
  const y = (value) => top + (height - top - bottom) * (1 - value / max);
  const svg = draw("svg", {role: "img", "aria-label": "lag in seconds over the last hour", viewBox: `0 0 ${width} ${height}`});
  for (const part of [0, 0.5, 1]) {
    svg.append(draw("line", {class: "grid", x1: left, x2: width - right, y1: y(part * max), y2: y(part * max)}));
    const label = draw("text", {x: left - 8, y: y(part * max) + 4, "text-anchor": "end"});
    label.textContent = tick(part * max);
    svg.append(label);
  }
  for (const minutes of width < 460 ? [60, 30, 0] : [60, 45, 30, 15, 0]) {
    const label = draw("text", {x: x(end - minutes * 60e3), y: height - 4, "text-anchor": minutes === 60 ? "start" : minutes === 0 ? "end" : "middle"});
    label.textContent = minutes === 0 ? "now" : "−" + minutes + " min";
    svg.append(label);
  }
  const shown = samples.filter((p) => p.at >= end - hour);
  shown.forEach((p, i) => {
    if (!p.broken) return;
    const until = i + 1 < shown.length ? shown[i + 1].at : end;
    svg.append(draw("rect", {class: "outage", x: x(p.at), y: top, width: Math.max(1, x(until) - x(p.at)), height: height - top - bottom}));
  });
  if (shown.length > 1) {
    const path = shown.map((p, i) => (i ? "L" : "M") + x(p.at).toFixed(1) + " " + y(Math.min(p.lag, max)).toFixed(1)).join("");
    svg.append(draw("path", {class: "area", d: `${path}L${x(end)} ${y(0)}L${x(shown[0].at)} ${y(0)}Z`}), draw("path", {class: "line", d: path}));
  }
  box.replaceChildren(svg);
  const worst = shown.reduce((a, b) => (b.lag > a.lag ? b : a), shown[0] || {lag: 0});
  at("lag-note").textContent = shown.length > 1 ? "worst " + span(worst.lag) + " at " + clock(worst.at) : "a point every 10 s";
  box.onpointermove = (event) => point_at(box, svg, shown, x, y, top, height - bottom, event.clientX - box.getBoundingClientRect().left);
  box.onpointerleave = show_plot;
}

function point_at(box, svg, shown, x, y, top, bottom, where) {
  if (!shown.length) return;
  const near = shown.reduce((a, b) => (Math.abs(x(b.at) - where) < Math.abs(x(a.at) - where) ? b : a));
  svg.querySelectorAll(".cross, .dot").forEach((old) => old.remove());
  svg.append(draw("line", {class: "cross", x1: x(near.at), x2: x(near.at), y1: top, y2: bottom}), draw("circle", {class: "dot", cx: x(near.at), cy: y(near.lag), r: 4}));
  const tip = box.querySelector(".tip") || box.appendChild(make("div", "", "tip"));
  tip.textContent = clock(near.at) + "  " + (near.broken ? "not streaming, " : "") + span(near.lag) + ", " + bytes(near.bytes);
  tip.style.left = Math.min(Math.max(x(near.at), 90), box.clientWidth - 90) + "px";
}

function show_way(s) {
  const stages = s.lag.stages;
  const rows = [["server wrote", s.lsn.server, null], ["received", s.lsn.received, stages.receive], ["published", s.lsn.published, stages.publish], ["broker confirmed", s.lsn.confirmed, stages.confirm], ["acknowledged", s.lsn.acknowledged, stages.acknowledge]];
  at("way").replaceChildren(...rows.map(([name, lsn, lag]) => {
    const item = make("li");
    const note = lag === null ? "PostgreSQL" : lag.bytes === 0 && lag.seconds < 1 ? "level" : bytes(lag.bytes) + " behind" + (lag.seconds >= 1 ? ", " + span(lag.seconds) : "");
    const em = make("em", note);
    if (lag && lag.seconds >= 60) em.dataset.tone = "warn";
    item.append(make("span", name), make("code", lsn || "–"), em);
    return item;
  }));
  const words = {none: "caught up", walsender: "bound by PostgreSQL", walferry: "bound by walferry", broker: "bound by the broker"};
  at("bound").textContent = s.state === "streaming" ? words[s.time.bound_by] || s.time.bound_by : "";
  at("bound").dataset.tone = s.time.bound_by === "none" ? "good" : s.time.bound_by === "broker" ? "warn" : "wait";
  const now = [s.time.wait_source_seconds, s.time.work_seconds, s.time.wait_sink_seconds];
  const oldest = spentBefore[0];
  const spent = oldest ? now.map((value, i) => Math.max(0, value - oldest[i])) : now;
  const whole = spent.reduce((a, b) => a + b, 0);
  [...at("split").children].forEach((bar, i) => { bar.style.width = whole > 0 ? (100 * spent[i]) / whole + "%" : "0"; });
  spentBefore = [...spentBefore, now].slice(-10);
}

function show_tables(s) {
  const rows = [...s.tables].sort((a, b) => b.per_second - a.per_second || a.table.localeCompare(b.table));
  at("tables-note").textContent = rows.length ? rows.length + (rows.length === 1 ? " table" : " tables") : "no changes yet";
  at("tables").hidden = rows.length === 0;
  at("tables").tBodies[0].replaceChildren(...rows.map((row) => {
    const line = make("tr");
    const name = make("td", row.table);
    name.title = row.table;
    line.append(name, ...[short(row.per_second), ...[row.insert + row.read, row.update, row.delete].map(short)].map((text) => make("td", text)));
    return line;
  }));
}

function show_slot(s) {
  const slot = s.slot;
  const tone = {reserved: "good", extended: "warn", unreserved: "bad", lost: "bad"}[slot.wal_status];
  at("slot-status").textContent = slot.wal_status;
  if (tone) at("slot-status").dataset.tone = tone; else delete at("slot-status").dataset.tone;
  const rows = [["name", slot.name, "code"], ["publication", slot.publication, "code"], ["in use", slot.active ? "yes" : "no"],
    ["keeps on the server", bytes(slot.retained_bytes)], ["left until it is lost", slot.safe_bytes === null ? "not limited" : bytes(slot.safe_bytes), slot.wal_status === "unreserved" ? "bad" : ""],
    ["confirmed flush", slot.confirmed_flush_lsn, "code"], ["restart", slot.restart_lsn, "code"], ["spilled by the server", bytes(slot.spilled_bytes)]];
  at("slot").replaceChildren(...rows.map(([name, value, kind]) => {
    const row = make("div");
    const shown = make("dd", value || "–", kind === "code" ? "code" : "");
    if (kind === "bad") shown.dataset.tone = "bad";
    row.append(make("dt", name), shown);
    return row;
  }));
}

function show_snapshot(s) {
  const snapshot = s.snapshot;
  at("snapshot-card").hidden = snapshot.state === "none";
  const done = snapshot.tables.filter((table) => table.done).length;
  at("snapshot-note").textContent = snapshot.state + ", " + done + " of " + snapshot.tables.length + " tables, " + count(snapshot.rows) + " rows";
  at("snapshot").replaceChildren(...snapshot.tables.slice(0, 200).map((table) => {
    const row = make("div", undefined, table.done ? "bar done" : "bar");
    const track = make("span"), fill = make("i");
    const share = table.done ? 1 : table.rows_estimated ? Math.min(0.99, table.rows / table.rows_estimated) : 0;
    fill.style.width = 100 * share + "%";
    track.append(fill);
    row.append(make("b", table.table), track, make("em", count(table.rows) + (table.done ? " rows" : table.rows_estimated ? " of about " + count(table.rows_estimated) : " rows")));
    return row;
  }));
}

function show_errors(s) {
  const list = [...s.errors].reverse();
  at("errors-note").textContent = list.length ? "newest first" : "";
  const items = list.map((error) => {
    const item = make("li"), top = make("div", undefined, "top");
    top.append(make("span", error.kind, "kind"), make("span", error.at ? new Date(error.at).toLocaleString() : ""));
    if (error.times > 1) top.append(make("span", error.times + " times"));
    item.append(top, make("p", error.message));
    if (error.hint) item.append(make("div", error.hint, "cure"));
    return item;
  });
  at("errors").replaceChildren(...(items.length ? items : [make("li", "None since the start.", "none")]));
}

function take_samples(s) {
  const history = s.history;
  if (history) {
    samples = history.at_ms.map((time, i) => ({at: time, lag: history.lag_seconds[i], bytes: history.lag_bytes[i], broken: history.interrupted[i]}));
  }
  const time = Date.parse(s.taken_at);
  const last = samples[samples.length - 1];
  if (!last || time - last.at >= step) samples.push({at: time, lag: s.lag.seconds, bytes: s.lag.bytes, broken: s.state === "reconnecting" || s.state === "stopped"});
  else if (history === undefined) return false;
  samples = samples.slice(-361);
  return true;
}

function live(on, text) {
  at("live").dataset.on = on ? "yes" : "no";
  at("live").textContent = text;
}

function show(s) {
  lastEvent = Date.now();
  live(true, "live");
  show_state(s);
  if (take_samples(s) && !at("plot").matches(":hover")) show_plot();
  show_way(s);
  show_tables(s);
  show_slot(s);
  show_snapshot(s);
  show_errors(s);
}

function connect() {
  const source = new EventSource("events");
  source.addEventListener("status", (event) => show(JSON.parse(event.data)));
  source.onerror = () => {
    live(false, "no connection to walferry, trying again");
    // The browser tries again by itself unless the answer was not a stream.
    if (source.readyState === EventSource.CLOSED) setTimeout(connect, 5000);
  };
}

setInterval(() => {
  if (lastEvent && Date.now() - lastEvent > 5000) live(false, "nothing heard for " + span((Date.now() - lastEvent) / 1000));
}, 1000);
addEventListener("resize", show_plot);
show_plot();
connect();
