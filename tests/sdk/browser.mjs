// A newcomer at /docs, in a real browser: signs in, with a token and with a client's id and secret, tries an
// operation and sees what it answers. Nothing may be fetched from elsewhere, and nothing may go wrong unseen.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const { BASE_URL, BROWSER, CLIENT_ID, CLIENT_SECRET } = process.env;
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

const home = mkdtempSync(join(tmpdir(), "tuquan-browser-"));
const words = ["--headless=new", "--no-sandbox", "--disable-gpu", "--remote-debugging-pipe", `--user-data-dir=${home}`];
const browser = spawn(BROWSER, [...words, "--window-size=1280,1600", "--disable-dev-shm-usage", "about:blank"], {
  stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"],
});

// The browser's own protocol: JSON, one message up to each zero byte.
const waiting = new Map();
const [asked, wrong] = [[], []];
let [last, rest] = [0, Buffer.alloc(0)];
browser.stdio[4].on("data", (bytes) => {
  rest = Buffer.concat([rest, bytes]);
  for (let end = rest.indexOf(0); end >= 0; end = rest.indexOf(0)) {
    const told = JSON.parse(rest.subarray(0, end));
    rest = rest.subarray(end + 1);
    if (told.id) waiting.get(told.id)(told);
    if (told.method === "Network.requestWillBeSent") asked.push(told.params.request.url);
    if (told.method === "Runtime.exceptionThrown") wrong.push(told.params.exceptionDetails.exception?.description);
    if (told.method === "Log.entryAdded" && told.params.entry.level === "error") wrong.push(told.params.entry.text);
  }
});

let session;
async function tell(method, params = {}) {
  const id = (last += 1);
  browser.stdio[3].write(`${JSON.stringify({ id, method, params, sessionId: session })}\0`);
  const { result, error } = await new Promise((resolve) => waiting.set(id, resolve));
  assert.equal(error, undefined, method);
  return result;
}

/** The value of an expression in the page. */
async function page(expression) {
  const { result, exceptionDetails } = await tell("Runtime.evaluate", { expression, returnByValue: true });
  assert.equal(exceptionDetails, undefined, expression);
  return result.value;
}

/** Waits for what the expression finds. */
async function seen(expression) {
  for (let n = 0; n < 200; n += 1) {
    const found = await page(expression);
    if (found) return found;
    await pause(100);
  }
  await picture("browser-failed.png");
  throw new Error(`never seen: ${expression}`);
}

const one = (selector) => `document.querySelector(${JSON.stringify(selector)})`;

/** Clicks where a hand would: on what is there and no longer moves. */
async function click(selector) {
  const where = () => seen(`(() => {
    const place = ${one(selector)};
    if (!place) return null;
    place.scrollIntoView({ block: "center" });
    const { left, top, width, height } = place.getBoundingClientRect();
    return width && [left + width / 2, top + height / 2];
  })()`);
  let [before, [x, y]] = [[], await where()];
  while (`${before}` !== `${[x, y]}`) {
    await pause(100);
    [before, [x, y]] = [[x, y], await where()];
  }
  for (const type of ["mousePressed", "mouseReleased"]) {
    await tell("Input.dispatchMouseEvent", { type, x, y, button: "left", clickCount: 1 });
  }
}

async function write(selector, text) {
  await click(selector);
  await tell("Input.insertText", { text });
}

async function picture(file) {
  const { data } = await tell("Page.captureScreenshot", { format: "png" });
  writeFileSync(file, Buffer.from(data, "base64"));
}

/** Tries the operation and gives the status and the body that the page shows. */
async function attempt(operation) {
  const block = `[id$="-${operation}"]`;
  if (!(await page(`!!${one(`${block} .try-out`)}`))) await click(`${block} .opblock-summary-control`);
  await seen(`!!${one(`${block} .try-out__btn`)}`);
  if (!(await page(`!!${one(`${block} .execute`)}`))) await click(`${block} .try-out__btn`);
  await click(`${block} .execute`);
  const status = await seen(`${one(`${block} .live-responses-table tbody .response-col_status`)}?.innerText.trim()`);
  const body = await seen(`${one(`${block} .live-responses-table tbody .response-col_description pre`)}?.innerText`);
  await page(`${one(`${block} .live-responses-table`)}.scrollIntoView({ block: "center" })`);
  await picture(`browser-${operation}-${parseInt(status, 10)}.png`);
  await click(`${block} .btn-clear`);
  return [parseInt(status, 10), body];
}

const inDialog = (scheme, selector) => `.modal-ux [data-scheme="${scheme}"] ${selector}`;

/** Opens the dialog, with each way of signing in named by its title. */
async function dialog() {
  await click(".auth-wrapper .authorize");
  await seen(`[...document.querySelectorAll(".modal-ux .auth-container")].map((way) => {
    way.dataset.scheme = /^\\w+/.exec(way.querySelector("h4").innerText)[0];
  }).length`);
}

async function close() {
  await click(".modal-ux .close-modal");
  await seen(`!${one(".modal-ux")}`);
}

try {
  const { targetInfos } = await tell("Target.getTargets");
  const { targetId } = targetInfos.find(({ type }) => type === "page");
  session = (await tell("Target.attachToTarget", { targetId, flatten: true })).sessionId;
  for (const domain of ["Page", "Network", "Runtime", "Log"]) await tell(`${domain}.enable`);
  await tell("Page.navigate", { url: `${BASE_URL}/docs` });

  const document = await (await fetch(`${BASE_URL}/v1/openapi.json`)).json();
  const operations = Object.values(document.paths).flatMap((path) => Object.keys(path)).length;
  await seen(`document.querySelectorAll(".opblock").length === ${operations}`);
  await picture("browser-front.png");
  assert.deepEqual(wrong.splice(0), [], "the page has faults");
  const [refused, problem] = await attempt("listModels");
  assert.deepEqual([refused, JSON.parse(problem).code], [401, "unauthenticated"]);
  wrong.length = 0; // The browser itself calls a 401 an error.

  const grant = { grant_type: "client_credentials", client_id: CLIENT_ID, client_secret: CLIENT_SECRET };
  const answer = await fetch(`${BASE_URL}/oauth/token`, { method: "POST", body: new URLSearchParams(grant) });
  const { access_token: token } = await answer.json();
  await dialog();
  await write(inDialog("bearer", "input"), token);
  await click(inDialog("bearer", ".authorize"));
  await close();
  const [byToken, models] = await attempt("listModels");
  assert.equal(byToken, 200);
  assert.ok(JSON.parse(models).items.length > 3, "the demo has models");

  await dialog();
  await click(inDialog("bearer", '[aria-label="Remove authorization"]'));
  await write(inDialog("oauth", "#client_id_clientCredentials"), CLIENT_ID);
  await write(inDialog("oauth", "#client_secret_clientCredentials"), CLIENT_SECRET);
  await click(inDialog("oauth", ".authorize"));
  await seen(`/logout/i.test(${one(inDialog("oauth", ".auth-btn-wrapper"))}.innerText)`);
  await picture("browser-signed-in.png");
  await close();
  const [bySecret, incidents] = await attempt("listIncidents");
  assert.equal(bySecret, 200);
  assert.ok(JSON.parse(incidents).items.length > 3, "the demo has incidents");

  assert.deepEqual(wrong, [], "something went wrong unseen");
  const elsewhere = asked.filter((url) => !url.startsWith(`${BASE_URL}/`) && !url.startsWith("data:"));
  assert.deepEqual(elsewhere, [], "a closed network has no other server");
  console.log(`browser: ${operations} operations shown, signed in twice, ${asked.length} requests, none elsewhere`);
} finally {
  browser.kill();
  await pause(300);
  rmSync(home, { recursive: true, force: true, maxRetries: 5 });
}
