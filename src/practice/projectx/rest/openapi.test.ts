import { expect, test } from "vitest";
import { GatewayClient, type JsonObject } from "#test/kit/gateway-client.ts";
import {
  GOLD_CONTRACT,
  PRACTICE_ACCOUNT,
  PRACTICE_USER,
  practiceGateway,
} from "#test/kit/practice-gateway.ts";
import { recordedContract } from "#test/kit/recorded-contract.ts";

type Schema = {
  readonly $ref?: string;
  readonly type?: string;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly enum?: readonly unknown[];
  readonly allOf?: readonly Schema[];
};
type Document = {
  readonly paths: Readonly<Record<string, { readonly post?: Operation }>>;
  readonly definitions: Readonly<Record<string, Schema>>;
};
type Operation = {
  readonly responses: Readonly<Record<string, { readonly schema?: Schema }>>;
};

const ACCOUNT = { accountId: PRACTICE_ACCOUNT };
const CONTRACT = { contractId: GOLD_CONTRACT };
const ORDER = { ...ACCOUNT, orderId: 3_400_000_001 };
const SINCE = { startTimestamp: "2026-01-01T00:00:00Z" };

/** One call of every operation, in an order in which each has something to tell. */
const CALLS: readonly (readonly [operation: string, body: object])[] = [
  [
    "Auth/loginApp",
    {
      userName: PRACTICE_USER.userName,
      password: PRACTICE_USER.apiKey,
      deviceId: "d",
      appId: "a",
      verifyKey: "v",
    },
  ],
  ["Auth/loginKey", { userName: PRACTICE_USER.userName, apiKey: PRACTICE_USER.apiKey }],
  ["Account/search", { onlyActiveAccounts: true }],
  ["Contract/search", { searchText: "MGC", live: false }],
  ["Contract/searchById", CONTRACT],
  ["Contract/available", { live: false }],
  [
    "History/retrieveBars",
    {
      ...CONTRACT,
      live: false,
      startTime: "2026-03-11T00:00:00Z",
      endTime: "2026-03-12T00:00:00Z",
      unit: 2,
      unitNumber: 1,
      limit: 5,
      includePartialBar: true,
    },
  ],
  ["Order/place", { ...ACCOUNT, ...CONTRACT, type: 1, side: 0, size: 1, limitPrice: 2640 }],
  ["Order/searchOpen", ACCOUNT],
  ["Order/modify", { ...ORDER, limitPrice: 2641 }],
  ["Order/cancel", ORDER],
  ["Order/search", { ...ACCOUNT, ...SINCE }],
  ["Order/place", { ...ACCOUNT, ...CONTRACT, type: 2, side: 0, size: 2 }],
  ["Position/searchOpen", ACCOUNT],
  ["Position/partialCloseContract", { ...ACCOUNT, ...CONTRACT, size: 1 }],
  ["Position/closeContract", { ...ACCOUNT, ...CONTRACT }],
  ["Trade/search", { ...ACCOUNT, ...SINCE }],
  ["Auth/validate", {}],
  ["Auth/logout", {}],
];

test("every operation of the document answers with its required members, of their types", async (context) => {
  const document = recordedContract(
    "projectx_openapi/TopstepClient.openapi.json",
    context,
  ) as Document;
  const { url } = await practiceGateway();
  const client = new GatewayClient(url);
  const wrong: string[] = [];
  const called = new Set<string>(["/api/Status/ping"]);

  for (const [operation, body] of CALLS) {
    const answer = await client.post(operation, body);
    const token = answer.body["token"] ?? answer.body["newToken"];
    if (typeof token === "string") client.token = token;
    const path = `/api/${operation}`;
    called.add(path);
    const schema = document.paths[path]?.post?.responses["200"]?.schema ?? {};
    expect([operation, answer.status, answer.body["errorCode"]]).toEqual([operation, 200, 0]);
    wrong.push(...problems(document, schema, answer.body, operation));
  }

  expect(wrong).toEqual([]);
  expect([...called].toSorted()).toEqual(Object.keys(document.paths).toSorted());
});

test("ping answers pong", async () => {
  const { url } = await practiceGateway();

  const { text, status } = await new GatewayClient(url).send("/api/status/PING");

  expect([status, text]).toEqual([200, "pong"]);
});

function problems(
  document: Document,
  given: Schema,
  value: unknown,
  path: string,
): readonly string[] {
  const schema = resolved(document, given);
  if (value === null) return [];
  if (schema.enum !== undefined && !schema.enum.includes(value)) {
    return [`${path} is none of ${schema.enum.join(" ")}: ${JSON.stringify(value)}`];
  }
  if (schema.type === "array") {
    if (!Array.isArray(value)) return [`${path} is no list`];
    if (value.length === 0) return [`${path} is empty, so it proves nothing`];
    return value.flatMap((item) => problems(document, schema.items ?? {}, item, `${path}[]`));
  }
  if (schema.properties === undefined) return kindProblems(schema, value, path);
  const object = value as JsonObject;
  const missing = (schema.required ?? []).filter((name) => !Object.hasOwn(object, name));
  const unknown = Object.keys(object).filter(
    (name) => !Object.hasOwn(schema.properties ?? {}, name),
  );
  return [
    ...missing.map((name) => `${path}.${name} is missing`),
    ...unknown.map((name) => `${path}.${name} is not in the document`),
    ...Object.entries(schema.properties).flatMap(([name, member]) =>
      object[name] === undefined ? [] : problems(document, member, object[name], `${path}.${name}`),
    ),
  ];
}

function kindProblems({ type }: Schema, value: unknown, path: string): readonly string[] {
  if (type === undefined || type === "object") return [];
  const isRight = type === "integer" ? Number.isInteger(value) : typeof value === type;
  return isRight ? [] : [`${path} is no ${type}: ${String(value)}`];
}

function resolved(document: Document, schema: Schema): Schema {
  const [inherited] = schema.allOf ?? [];
  const reference = schema.$ref ?? inherited?.$ref;
  if (reference === undefined) return schema;
  return document.definitions[reference.replace("#/definitions/", "")] ?? {};
}
