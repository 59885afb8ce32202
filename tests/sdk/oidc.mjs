// A single sign-on as a province has one: a certified OpenID provider from npm, a person who signs in there with
// browser redirects and all, and a registry of its own that trusts it. Needs PROGRAM, the registry's program.
import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { createHash, generateKeyPairSync, randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Provider from "oidc-provider";

const free = () =>
  new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(`127.0.0.1:${port}`));
    });
  });
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

const CLIENT = "cong-dich-vu";
const RESOURCE = "urn:vn:tuquan";
const BACK = "http://127.0.0.1/back";
const [place, listen, ops] = [await free(), await free(), await free()];
const [issuer, base] = [`http://${place}`, `http://${listen}`];

function provider() {
  const key = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey.export({ format: "jwk" });
  const made = new Provider(issuer, {
    clients: [{ client_id: CLIENT, redirect_uris: [BACK], token_endpoint_auth_method: "none", application_type: "native" }],
    jwks: { keys: [{ ...key, kid: "tinh-1", use: "sig", alg: "RS256" }] },
    cookies: { keys: [randomBytes(16).toString("hex")] },
    findAccount: (_, sub) => ({ accountId: sub, claims: () => ({ sub }) }),
    features: {
      devInteractions: { enabled: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => RESOURCE,
        useGrantedResource: () => true,
        getResourceServerInfo: () => ({ scope: "", audience: RESOURCE, accessTokenFormat: "jwt" }),
      },
    },
  });
  return new Promise((resolve) => {
    const [host, port] = place.split(":");
    const server = made.listen(Number(port), host, () => resolve(server));
  });
}

/** Signs a person in as their browser would: redirects, cookies, a form for the name, one for consent. */
async function signIn(person) {
  const cookies = new Map();
  const visit = async (url, form) => {
    const header = [...cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const body = form && new URLSearchParams(form);
    const answer = await fetch(url, { method: form ? "POST" : "GET", body, headers: { cookie: header }, redirect: "manual" });
    for (const line of answer.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line);
      cookies.set(name, value);
    }
    return answer;
  };
  const verifier = randomBytes(32).toString("base64url");
  const challenge = createHash("sha256").update(verifier).digest("base64url");
  const asked = { client_id: CLIENT, redirect_uri: BACK, response_type: "code", scope: "openid", state: "x" };
  const query = new URLSearchParams({ ...asked, code_challenge: challenge, code_challenge_method: "S256" });
  let url = new URL(`${issuer}/auth?${query}`);
  for (let step = 0; step < 12 && !url.href.startsWith(BACK); step += 1) {
    let answer = await visit(url);
    if (answer.status === 200) {
      const page = await answer.text();
      const prompt = /name="prompt" value="(\w+)"/.exec(page)?.[1];
      const form = prompt === "login" ? { prompt, login: person, password: "anything" } : { prompt };
      answer = await visit(url, form);
    }
    assert.ok(answer.headers.has("location"), `${url}: ${answer.status} ${await answer.text()}`);
    url = new URL(answer.headers.get("location"), url);
  }
  const body = { grant_type: "authorization_code", client_id: CLIENT, redirect_uri: BACK, code_verifier: verifier };
  const answer = await fetch(`${issuer}/token`, {
    method: "POST",
    body: new URLSearchParams({ ...body, code: url.searchParams.get("code") }),
  });
  assert.equal(answer.status, 200, await answer.clone().text());
  return answer.json();
}

const home = mkdtempSync(join(tmpdir(), "tuquan-oidc-"));
const trusted = join(home, "issuers.json");
writeFileSync(trusted, JSON.stringify([{ issuer, audience: RESOURCE, jwksUri: `${issuer}/jwks` }]));
const env = {
  TUQUAN_DATABASE_URL: `sqlite:${home}/tuquan.db`,
  TUQUAN_KEYS_DIR: `${home}/keys`,
  TUQUAN_LISTEN: listen,
  TUQUAN_OPS_LISTEN: ops,
  TUQUAN_OIDC_FILE: trusted,
  TUQUAN_LOG: "warn",
};
const tuquan = (...words) => execFileSync(process.env.PROGRAM, words, { env, encoding: "utf8" });
const ask = (path, token, more = {}) =>
  fetch(`${base}${path}`, { ...more, headers: { authorization: `Bearer ${token}`, ...more.headers } });

const issuing = await provider();
let registry;
try {
  tuquan("migrate");
  const client = JSON.parse(tuquan("client", "create", "--name", "Quản trị", "--scopes", "users:write", "--unit", "VN"));
  const made = JSON.parse(
    tuquan("user", "create", "--username", "can-bo", "--display-name", "Cán bộ", "--role", "clerk", "--unit", "VN"),
  );
  registry = spawn(process.env.PROGRAM, ["serve"], { env, stdio: "inherit" });
  for (let n = 0; n < 100 && !(await fetch(`http://${ops}/readyz`).catch(() => null))?.ok; n += 1) await pause(100);
  const grant = { grant_type: "client_credentials", client_id: client.clientId, client_secret: client.clientSecret };
  const admin = await (await fetch(`${base}/oauth/token`, { method: "POST", body: new URLSearchParams(grant) })).json();
  const path = `/v1/users/${made.user.id}`;
  const link = async (identities) => {
    const etag = (await ask(path, admin.access_token)).headers.get("etag");
    const headers = { "if-match": etag, "content-type": "application/merge-patch+json" };
    const body = JSON.stringify({ identities });
    assert.equal((await ask(path, admin.access_token, { method: "PATCH", headers, body })).status, 200);
  };

  const [own, other] = [await signIn("cb-1979"), await signIn("cb-1980")];
  assert.equal((await ask("/v1/me", own.access_token)).status, 401, "nobody carries that identity yet");
  await link([{ iss: issuer, sub: "cb-1979" }]);
  let me = await ask("/v1/me", own.access_token);
  for (let n = 0; n < 20 && me.status === 401; n += 1) {
    await pause(100);
    me = await ask("/v1/me", own.access_token);
  }
  assert.equal(me.status, 200);
  assert.equal((await me.json()).id, made.user.id);
  assert.equal((await ask("/v1/models", own.access_token)).status, 200, "a clerk reads models");
  assert.equal((await ask("/v1/incidents", own.access_token)).status, 403, "a clerk reads no incidents");
  assert.equal((await ask("/v1/me", other.access_token)).status, 401, "another person of the same issuer");
  assert.equal((await ask("/v1/me", own.id_token)).status, 401, "a token for somebody else's audience");
  await link(null);
  await pause(1000);
  assert.equal((await ask("/v1/me", own.access_token)).status, 401, "the link is gone");
  console.log(`${issuer} signed a person in; linked by issuer and subject, and by nothing else`);
} finally {
  registry?.kill();
  issuing.close();
  issuing.closeAllConnections();
  rmSync(home, { recursive: true, force: true });
}
