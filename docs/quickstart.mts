// An integration's first steps with fetch. BASE_URL, CLIENT_ID and CLIENT_SECRET say where and as whom.
declare const process: { env: Record<string, string | undefined> };

const { BASE_URL, CLIENT_ID, CLIENT_SECRET } = process.env;

type Page<T> = { items: T[]; page: { nextCursor: string | null; hasMore: boolean } };
type Named = { id: string; name: string };

const signedIn = await fetch(`${BASE_URL}/oauth/token`, {
  method: "POST",
  headers: { Authorization: `Basic ${btoa(`${CLIENT_ID}:${CLIENT_SECRET}`)}` },
  body: new URLSearchParams({ grant_type: "client_credentials" }),
});
const { access_token: token } = (await signedIn.json()) as { access_token: string };

/** The body of an answer and its ETag; a refusal is thrown with its problem's code. */
async function ask<T>(method: string, path: string, body?: object, more: Record<string, string> = {}) {
  const kind = method === "PATCH" ? "application/merge-patch+json" : "application/json";
  const headers = { Authorization: `Bearer ${token}`, "Content-Type": kind, ...more };
  const answer = await fetch(`${BASE_URL}${path}`, { method, headers, ...(body && { body: JSON.stringify(body) }) });
  const told: unknown = await answer.json();
  if (!answer.ok) throw new Error((told as { code: string }).code);
  return { body: told as T, etag: answer.headers.get("ETag") ?? "" };
}

/** Every record of a list, page by page. */
async function* everything<T>(path: string): AsyncGenerator<T> {
  for (let cursor: string | null = ""; cursor !== null; ) {
    const { body }: { body: Page<T> } = await ask<Page<T>>("GET", `${path}cursor=${cursor}`);
    yield* body.items;
    cursor = body.page.nextCursor;
  }
}

const type = (await ask<Page<Named>>("GET", "/v1/model-types?pageSize=1")).body.items[0]!;
const unit = (await ask<Page<Named>>("GET", "/v1/units?kind=commune&validOn=2024-03-01&pageSize=1")).body.items[0]!;
const made = await ask<Named>(
  "POST",
  "/v1/models",
  { name: "Tổ liên gia số 7", modelTypeId: type.id, unitId: unit.id, establishedOn: "2024-03-01", leadBody: "Công an phường" },
  { "Idempotency-Key": crypto.randomUUID() },
);
const path = `/v1/models/${made.body.id}`;
await ask("PATCH", path, { householdCount: 12 }, { "If-Match": made.etag });
try {
  await ask("PATCH", path, { householdCount: 13 }, { "If-Match": made.etag });
} catch (refused) {
  console.log(`refused: ${(refused as Error).message}`); // stale: somebody else was faster; read again
  const { etag } = await ask("GET", path);
  await ask("PATCH", path, { householdCount: 13 }, { "If-Match": etag });
}

let incidents = 0;
for await (const _ of everything<Named>("/v1/incidents?pageSize=2&")) incidents += 1;
console.log(`incidents: ${incidents}`);
const figures = await ask<Page<{ value: number }>>("GET", "/v1/statistics/observations?indicator=models_active&period=2023");
console.log(`active at the end of 2023: ${figures.body.items[0]?.value}`);

export {};
