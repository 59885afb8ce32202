// Makes a Postman collection of the served document, with a check on every request: it is answered as documented.
import { readFileSync, writeFileSync } from "node:fs";
import { promisify } from "node:util";
import converter from "openapi-to-postmanv2";

const document = JSON.parse(readFileSync("openapi.json", "utf8"));
const { BASE_URL, CLIENT_ID, CLIENT_SECRET } = process.env;

const pair = Buffer.from(`${CLIENT_ID}:${CLIENT_SECRET}`).toString("base64");
const signedIn = await fetch(`${BASE_URL}/oauth/token`, {
  method: "POST",
  headers: { Authorization: `Basic ${pair}` },
  body: new URLSearchParams({ grant_type: "client_credentials" }),
});
const { access_token: token } = await signedIn.json();

const convert = promisify(converter.convert);
const made = await convert(
  { type: "json", data: document },
  { requestParametersResolution: "Example", folderStrategy: "Tags", alwaysInheritAuthentication: true },
);
if (!made.result) throw new Error(made.reason);
const [{ data: collection }] = made.output;

collection.auth = { type: "bearer", bearer: [{ key: "token", value: token, type: "string" }] };

/** `["v1", "models", ":modelId"]` is `/v1/models/{modelId}`. */
const template = (path) => `/${path.map((part) => part.replace(/^:(.*)$/, "{$1}")).join("/")}`;

// One of `period` and `from` with `to` is needed there, which a document cannot say of parameters.
const chosen = { showMovementReport: ["period"] };

let requests = 0;
const check = (item) => {
  if (item.item) return item.item.forEach(check);
  const { method, url } = item.request;
  const operation = document.paths[template(url.path)][method.toLowerCase()];
  // What is optional is left out: its value is made up, and a filter by it would find nothing.
  url.query = (url.query ?? []).map((parameter) => ({
    ...parameter,
    disabled:
      !operation.parameters.find((p) => p.name === parameter.key)?.required &&
      !chosen[operation.operationId]?.includes(parameter.key),
  }));
  item.request.header = item.request.header.filter((header) => !/^(Idempotency-Key|If-None-Match)$/.test(header.key));
  const needed = operation.parameters?.some((p) => p.in !== "header" && p.required);
  const expected = method === "GET" && !needed ? ["200"] : Object.keys(operation.responses);
  item.event = [{
    listen: "test",
    script: {
      type: "text/javascript",
      exec: [
        `pm.test("${operation.operationId}", () => {`,
        `  pm.expect(${JSON.stringify(expected)}).to.include(String(pm.response.code), pm.response.text());`,
        `  pm.expect(pm.response.code).to.be.below(500);`,
        `  pm.expect(pm.response.headers.get("X-Request-Id")).to.match(/^[0-9A-Za-z-]+$/);`,
        `  pm.expect(pm.response.headers.get("API-Version")).to.eql("${document.info.version}");`,
        `  if (pm.response.code >= 400) pm.expect(pm.response.headers.get("Content-Type")).to.eql("application/problem+json");`,
        `});`,
      ],
    },
  }];
  requests += 1;
};
check(collection);
const operations = Object.values(document.paths).flatMap((path) => Object.keys(path)).length;
if (requests !== operations) throw new Error(`${requests} requests for ${operations} operations`);
collection.variable = [{ key: "baseUrl", value: BASE_URL }];
writeFileSync("postman.json", JSON.stringify(collection, null, 1));
