import { call, description, element, shape } from "./client.js";

const $ = (id) => document.getElementById(id);
const pause = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));
const time = (text) => (text || "").replace("T", " ").replace(/\..*/, "");
const row = (...cells) => element("tr", {}, ...cells.map((cell) => (cell instanceof Node ? cell : element("td", { textContent: cell ?? "" }))));

async function calculate(endpoint, body) {
  const submitted = await call("POST", `/${endpoint}/requests`, body);
  const accepted = await submitted.json();
  if (submitted.status !== 202) throw new Error(accepted.status?.text ?? `HTTP ${submitted.status}`);
  for (;;) {
    const polled = await call("GET", `/${endpoint}/results/${accepted.request_id}/simple`);
    const result = await polled.json();
    if (polled.status === 202) { await pause(250); continue; }
    if (polled.status !== 200 || result.status?.type === "FATAL") throw new Error(result.status?.text ?? `HTTP ${polled.status}`);
    return result;
  }
}

function rowsOf(result) {
  return Object.values(result).find(Array.isArray) ?? [];
}

// The first passes: table and sky.

function drawSky(passes) {
  const sky = $("sky");
  sky.replaceChildren();
  for (const radius of [100, 66.7, 33.3]) sky.append(shape("circle", { r: radius, class: "grid" }));
  sky.append(shape("path", { d: "M-100 0H100M0-100V100", class: "grid" }));
  for (const [letter, x, y] of [["N", 0, -108], ["E", 108, 0], ["S", 0, 108], ["W", -108, 0]]) {
    const text = shape("text", { x, y });
    text.textContent = letter;
    sky.append(text);
  }
  for (const { track = [] } of passes) {
    const points = track.map(({ azimuth, elevation }) => {
      const angle = (azimuth * Math.PI) / 180, radius = (90 - elevation) / 0.9;
      return `${(radius * Math.sin(angle)).toFixed(2)},${(-radius * Math.cos(angle)).toFixed(2)}`;
    });
    if (!points.length) continue;
    sky.append(shape("polyline", { points: points.join(" "), class: "path" }));
    const [x, y] = points[0].split(",");
    sky.append(shape("circle", { cx: x, cy: y, r: 2.5, class: "mark" }));
  }
}

// Ground track: the rotation of the Earth is that of GMST (IAU 1982), which a picture of this size does not tell from UT1.

function below({ epoch, x, y, z }) {
  const days = Date.parse(epoch) / 86400000 - 10957.5; // since J2000
  const rotation = ((280.46061837 + 360.98564736629 * days) * Math.PI) / 180;
  const longitude = ((((Math.atan2(y, x) - rotation) * 180) / Math.PI + 540) % 360 + 360) % 360 - 180;
  return [longitude, (Math.atan2(z, Math.hypot(x, y)) * 180) / Math.PI];
}

function lines(points) {
  const parts = [[]];
  for (const point of points) {
    const last = parts.at(-1).at(-1);
    if (last && Math.abs(last[0] - point[0]) > 180) parts.push([]);
    parts.at(-1).push(point);
  }
  return parts.map((part) => part.map(([longitude, latitude]) => `${longitude.toFixed(2)},${(-latitude).toFixed(2)}`).join(" "));
}

async function drawTrack(states, place) {
  const track = $("track");
  track.replaceChildren(shape("path", { d: "M-180 0H180M-180-45H180M-180 45H180M-90-90V90M0-90V90M90-90V90", class: "grid" }));
  for (const steps of await (await fetch("/assets/coastline.json")).json()) {
    const points = [];
    for (let i = 0, x = 0, y = 0; i < steps.length; i += 2) points.push([(x += steps[i]) / 100, (y += steps[i + 1]) / 100]);
    for (const line of lines(points)) track.append(shape("polyline", { points: line, class: "coast" }));
  }
  for (const line of lines(states.map(below))) track.append(shape("polyline", { points: line, class: "path" }));
  track.append(shape("circle", { cx: place.longitude > 180 ? place.longitude - 360 : place.longitude, cy: -place.latitude, r: 2.5, class: "mark" }));
}

// The states of three hours. The calculation itself begins at the epoch of the orbit.

async function statesFrom(orbit, start) {
  const end = start + 3 * 3600000;
  const settings = { propagation_end_epoch: new Date(end).toISOString(), more: { output_step_size: 60 } };
  try {
    const result = await calculate("propagate-orbit/sgp4", { orbit, settings: { type: "prop_settings.json", content: settings } });
    return rowsOf(result).filter(({ epoch }) => Date.parse(epoch) >= start);
  } catch {
    return []; // such as an orbit that begins later: the map is shown without a track
  }
}

$("passes-form").addEventListener("submit", async (event) => {
  event.preventDefault();
  const form = new FormData(event.target), status = $("passes-status");
  const instant = (name) => `${form.get(name)}:00.000Z`.replace(/(:\d\d:\d\d):00\.000Z$/, "$1.000Z");
  const place = { latitude: Number(form.get("latitude")), longitude: Number(form.get("longitude")), altitude: Number(form.get("altitude")) };
  const lines = form.get("tle").trim().split(/\r?\n/);
  const orbit = { type: "tle.txt", content: lines.slice(-2).join("\n") };
  status.className = "";
  status.textContent = "Computing …";
  try {
    const window = { start: instant("start"), end: instant("end") };
    const result = await calculate("predict-passes/sgp4", {
      orbit,
      ground_location: { type: "ground_loc.json", content: place },
      time_window: { type: "tw.json", content: window },
    });
    const passes = rowsOf(result);
    $("passes-rows").replaceChildren(
      ...passes.map((pass) => row(time(pass.start), time(pass.end), pass.max_elevation?.toFixed(1), pass.min_range?.toFixed(0))),
    );
    drawSky(passes);
    status.textContent = result.status?.text ?? "";
    $("passes-result").hidden = false;
    await drawTrack(await statesFrom(orbit, Date.parse(window.start)), place);
  } catch (error) {
    status.className = "failed";
    status.textContent = error.message;
  }
});

// The fleet.

async function elements(path) {
  const response = await call("GET", path);
  const body = await response.json();
  return body.elements ?? (Array.isArray(body) ? body : []);
}

async function showFleet() {
  const [satellites, conjunctions] = [await elements("/satellites"), await elements("/conjunctions")];
  $("fleet-empty").hidden = satellites.length > 0;
  $("fleet-table").hidden = $("conjunction-table").hidden = satellites.length === 0;
  $("fleet-rows").replaceChildren(...satellites.map((s) => row(s.name, (s.norad_ids ?? []).join(", "), s.active ? "yes" : "no")));
  const known = conjunctions.map((c) => [c, c.newest_risk_estimation ?? {}]).sort(([, a], [, b]) => String(a.tca).localeCompare(String(b.tca)));
  $("conjunction-rows").replaceChildren(...known.map(([c, risk]) => row(
    time(risk.tca), `${c.sat1_name} and ${c.sat2_name}`, risk.miss_distance?.toFixed(3), risk.collision_probability?.toExponential(1),
    element("td", { textContent: c.criticality ?? "", className: c.criticality ?? "" }),
  )));
}

// The log of calculations.

async function showJobs() {
  const jobs = await (await fetch("/emulator/calculations")).json();
  $("job-rows").replaceChildren(...jobs.map((job) => row(time(job.submitted), job.endpoint, job.state, element("td", { textContent: job.id, className: "mono" }))));
}

async function follow() {
  for (;;) {
    if (!document.hidden) await showJobs().catch(() => {});
    await pause(2000);
  }
}

// What a program needs.

for (const button of document.querySelectorAll("[data-copy]")) {
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText($(button.dataset.copy).textContent);
    button.textContent = "Copied";
    setTimeout(() => (button.textContent = "Copy"), 1500);
  });
}

async function show() {
  const { credentials } = await description(), root = location.origin;
  $("exports").textContent = [
    `export OKAPI_BASE_URL=${root}`, `export OKAPI_TOKEN_URL=${root}/oauth/token`,
    `export OKAPI_USERNAME=${credentials.username}`, `export OKAPI_PASSWORD=${credentials.password}`,
  ].join("\n");
  $("python").textContent = `from okapi_sdk import OkapiClient\n\nclient = OkapiClient(\n    "${credentials.username}", "${credentials.password}",\n    base_url="${root}", token_url="${root}/oauth/token",\n)`;
  $("recipes").textContent = [
    `TOKEN=$(curl -s ${root}/oauth/token -H 'content-type: application/json' \\`,
    `  -d '{"grant_type": "password", "username": "${credentials.username}", "password": "${credentials.password}"}' \\`,
    "  | sed 's/.*\"access_token\": *\"\\([^\"]*\\)\".*/\\1/')",
    `curl -s ${root}/satellites -H "authorization: Bearer $TOKEN"`,
  ].join("\n");
  await showFleet();
  await follow();
}

show();
