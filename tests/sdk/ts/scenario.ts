// What an integrator does first, told once; the two generated clients are two ways to do it.
import assert from "node:assert/strict";

export type Model = Record<string, unknown> & { id: string; name: string };
export type Page<T> = { items: T[]; page: { nextCursor: string | null; hasMore: boolean; totalCount?: number } };
export type Event = { type: string; subject: string; data: Record<string, unknown> | null };
export type Seen<T> = { body: T; etag: string };

/** The operations that the scenario needs. */
export interface Registry {
  aType(): Promise<string>;
  aUnit(): Promise<string>;
  create(key: string, body: NewModel): Promise<Seen<Model>>;
  show(id: string): Promise<Seen<Model>>;
  /** The record as it is now, or the status of the refusal. */
  rename(id: string, etag: string, name: string): Promise<Seen<Model> | number>;
  models(cursor: string): Promise<Page<Model>>;
  incidents(cursor: string): Promise<Page<{ id: string }>>;
  activeModels(day: string): Promise<number>;
  changes(cursor: string): Promise<Page<Event>>;
}

export type NewModel = { name: string; modelTypeId: string; unitId: string; establishedOn: string; leadBody: string };

export const base = need("BASE_URL");

function need(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === "") throw new Error(`${name} is not set`);
  return value;
}

/** An access token for the client that the environment names. */
export async function token(): Promise<string> {
  const pair = `${need("CLIENT_ID")}:${need("CLIENT_SECRET")}`;
  const answer = await fetch(`${base}/oauth/token`, {
    method: "POST",
    headers: { Authorization: `Basic ${Buffer.from(pair).toString("base64")}` },
    body: new URLSearchParams({ grant_type: "client_credentials" }),
  });
  assert.equal(answer.status, 200);
  const { access_token } = (await answer.json()) as { access_token: string };
  return access_token;
}

/** Everything in a list, page by page. */
async function all<T>(page: (cursor: string) => Promise<Page<T>>): Promise<T[]> {
  const items: T[] = [];
  for (let cursor: string | null = ""; cursor !== null; ) {
    const got: Page<T> = await page(cursor);
    items.push(...got.items);
    assert.equal(got.page.hasMore, got.page.nextCursor !== null);
    cursor = got.page.nextCursor;
  }
  return items;
}

/** Reads the feed to its end and keeps the models it tells of. */
async function replica(registry: Registry): Promise<Map<string, unknown>> {
  const kept = new Map<string, unknown>();
  for (let cursor = ""; ; ) {
    const got = await registry.changes(cursor);
    for (const event of got.items) {
      if (event.data === null) kept.delete(event.subject);
      else kept.set(event.subject, event.data);
    }
    if (got.page.nextCursor === null) throw new Error("the feed always goes on");
    cursor = got.page.nextCursor;
    if (!got.page.hasMore) return kept;
  }
}

export async function scenario(name: string, registry: Registry): Promise<void> {
  const today = new Date(Date.now() + 7 * 3600_000).toISOString().slice(0, 10);
  const key = crypto.randomUUID();
  const body: NewModel = {
    name: `Tổ liên gia ${name}`,
    modelTypeId: await registry.aType(),
    unitId: await registry.aUnit(),
    establishedOn: today,
    leadBody: "Công an phường",
  };
  const made = await registry.create(key, body);
  const again = await registry.create(key, body);
  assert.equal(again.body.id, made.body.id, "the same key makes one model");

  const { id } = made.body;
  const first = await registry.rename(id, made.etag, `${body.name} (1)`);
  assert.ok(typeof first !== "number");
  assert.equal(await registry.rename(id, made.etag, `${body.name} (2)`), 412, "a stale ETag");
  const fresh = await registry.show(id);
  assert.equal(fresh.etag, first.etag);
  const second = await registry.rename(id, fresh.etag, `${body.name} (2)`);
  assert.ok(typeof second !== "number");
  assert.equal(second.body.name, `${body.name} (2)`);

  const incidents = await all(registry.incidents);
  const total = (await registry.incidents("")).page.totalCount;
  assert.equal(incidents.length, total);
  assert.equal(new Set(incidents.map((incident) => incident.id)).size, total);
  assert.ok(incidents.length > 3, "the demo has incidents");

  const models = await all(registry.models);
  const active = models.filter((model) => model["status"] === "active");
  assert.equal(await registry.activeModels(today), active.length, "figures are counts of records");

  const copy = await replica(registry);
  assert.equal(copy.size, models.length);
  for (const model of models) assert.deepEqual(copy.get(`/v1/models/${model.id}`), model);
  console.log(`${name}: ${models.length} models, ${incidents.length} incidents, copy equal`);
}
