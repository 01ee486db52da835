import { statSync, writeFileSync } from "node:fs";
import { type Socket, connect } from "node:net";
import { describe, expect, onTestFinished, test } from "vitest";
import { decode } from "#core/desk/codec.ts";
import type { ControlMessage, ControlReply, OnControlMessage } from "#runtime/control.ts";
import { TemporaryFolder } from "#storage/temporary-folder.ts";
import { anEntry } from "#test/kit/builders.ts";
import { eventually } from "#test/kit/eventually.ts";
import { LineClient } from "#test/kit/line-client.ts";
import { askDesk } from "./control-client.ts";
import { listenControl } from "./control-server.ts";

const ACCEPTED: ControlReply = {
  kind: "result",
  result: { kind: "accepted", clientOrderIds: [], note: null },
};
const FLATTEN = { kind: "flatten", accountId: "A" } as const;

test("the socket is its owner's alone, and replaces one that a dead process left", async () => {
  const path = new TemporaryFolder().file("keel.sock");
  writeFileSync(path, "left behind");

  const server = await serve(path, async () => ACCEPTED);

  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(await askDesk(path, message("R1"))).toEqual(ACCEPTED);
  await server.close();
});

test("messages are answered in their order, also when they come in one piece", async () => {
  const path = new TemporaryFolder().file("keel.sock");
  const heard: string[] = [];
  const server = await serve(path, async (asked) => {
    heard.push(asked.kind === "request" ? asked.requestId : asked.kind);
    // Later ones would be ready sooner.
    for (let turn = heard.length; turn < 5; turn += 1) await Promise.resolve();
    return refusal(heard.length);
  });
  const client = aClient(path);

  client.say(message("R1"), message("R2"), message("R3"));

  await eventually("three answers", () => client.lines.length === 3);
  expect(heard).toEqual(["R1", "R2", "R3"]);
  expect(client.lines).toEqual([refusal(1), refusal(2), refusal(3)]);
  await server.close();
});

describe("what cannot be meant is refused, and the next message is answered", () => {
  test.each([
    ["no JSON", "hello", "expected one JSON value a line"],
    ["a number that is none", '{"kind":"$1x"}', "expected one JSON value a line"],
    ["a nest", "[".repeat(30_000) + "]".repeat(30_000), "expected one JSON value a line"],
    ["nothing in particular", "null", "kind: expected one of status, request, found nothing"],
    [
      "a kind nobody knows",
      '{"kind":"reboot"}',
      'kind: expected one of status, request, found "reboot"',
    ],
    [
      "a field too many",
      '{"kind":"status","deep":true}',
      'deep: expected a known key, found "deep" (known keys: kind)',
    ],
    [
      "half a lot",
      JSON.stringify({ ...message("R1"), request: { ...anEntry(), qty: 0.5 } }),
      "request.qty: expected a whole number from 1 to 1000000, found 0.5",
    ],
    [
      "a step of arming nobody knows",
      JSON.stringify({
        ...message("R1"),
        request: { kind: "arm", accountId: "A", arming: "gaurd", confirm: null },
      }),
      'request.arming: expected one of observe, guard, trade, found "gaurd" (did you mean guard?)',
    ],
    [
      "an id with a space",
      JSON.stringify({ ...message("R1"), requestId: "a b" }),
      'requestId: expected a request id, found "a b"',
    ],
  ])("%s", async (_what, text, reason) => {
    const path = new TemporaryFolder().file("keel.sock");
    const server = await serve(path, async () => ACCEPTED);
    const client = aClient(path);

    client.sayText(`${text}\n`);
    client.say(message("R1"));

    await eventually("two answers", () => client.lines.length === 2);
    expect(client.lines).toEqual([{ kind: "refused", reason }, ACCEPTED]);
    await server.close();
  });
});

test.each([
  { kind: "reconnect" },
  { kind: "arm", accountId: "A", arming: "guard", confirm: "A" },
  { kind: "arm", accountId: "A", arming: "observe", confirm: null },
])("the request %o is taken", async (request) => {
  const path = new TemporaryFolder().file("keel.sock");
  const heard: ControlMessage[] = [];
  const server = await serve(path, async (asked) => {
    heard.push(asked);
    return ACCEPTED;
  });
  const asked = { ...message("R1"), request } as ControlMessage;

  expect(await askDesk(path, asked)).toEqual(ACCEPTED);
  expect(heard).toEqual([asked]);
  await server.close();
});

test("a message without an end is refused in words, and nobody else notices", async () => {
  const path = new TemporaryFolder().file("keel.sock");
  const server = await serve(path, async () => ACCEPTED);
  const client = aClient(path);

  client.sayText("x".repeat(5_000_000));

  await eventually("an answer", () => client.lines.length === 1);
  expect(client.lines).toEqual([
    {
      kind: "refused",
      reason: "expected a message of at most 65536 characters, found a longer one",
    },
  ]);
  expect(await askDesk(path, message("R1"))).toEqual(ACCEPTED);
  await server.close();
});

test("when all places are taken the oldest connection that asks nothing makes room", async () => {
  const path = new TemporaryFolder().file("keel.sock");
  const held = Promise.withResolvers<ControlReply>();
  let asked = 0;
  const server = await serve(path, () => {
    asked += 1;
    return asked === 1 ? held.promise : Promise.resolve(ACCEPTED);
  });
  const waiting = aClient(path);
  waiting.say({ kind: "status" });
  await eventually("the first message", () => asked === 1);
  const others = Array.from({ length: 31 }, () => aClient(path));

  const answer = await askDesk(path, message("R1"));

  expect(answer).toEqual(ACCEPTED);
  await eventually("the oldest to be closed", () => others[0]?.isClosed);
  expect(others.filter(({ isClosed }) => isClosed)).toHaveLength(1);
  held.resolve(refusal(1));
  await eventually("the answer to the one that waited", () => waiting.lines.length === 1);
  await server.close();
});

test("when all wait for answers one more is told to come again", async () => {
  const path = new TemporaryFolder().file("keel.sock");
  const held = Promise.withResolvers<ControlReply>();
  let asked = 0;
  const server = await serve(path, () => {
    asked += 1;
    return held.promise;
  });
  const clients = Array.from({ length: 32 }, () => aClient(path));
  for (const client of clients) client.say({ kind: "status" });
  await eventually("32 messages", () => asked === 32);

  const answer = await askDesk(path, message("R1"));

  expect(answer).toEqual({
    kind: "refused",
    reason: "expected at most 32 connections that wait for answers; ask again in a moment",
  });
  held.resolve(ACCEPTED);
  await eventually("every answer", () => clients.every(({ lines }) => lines.length === 1));
  await server.close();
});

test("a client that leaves before its answer disturbs nobody", async () => {
  const path = new TemporaryFolder().file("keel.sock");
  const held = Promise.withResolvers<ControlReply>();
  let asked = 0;
  const server = await serve(path, () => {
    asked += 1;
    return asked === 1 ? held.promise : Promise.resolve(ACCEPTED);
  });
  const leaver = aClient(path);
  leaver.say(message("R1"));
  await eventually("the message", () => asked === 1);

  leaver.close();
  held.resolve(ACCEPTED);

  expect(await askDesk(path, message("R2"))).toEqual(ACCEPTED);
  await server.close();
});

test("a client that takes no answers is not read any further, and cannot keep the server open", async () => {
  const path = new TemporaryFolder().file("keel.sock");
  let asked = 0;
  const server = await serve(path, async () => {
    asked += 1;
    return { kind: "refused", reason: "x".repeat(10_000) };
  });
  const deaf = connect(path);
  onTestFinished(() => void deaf.destroy());
  deaf.pause();
  deaf.on("error", () => undefined);
  const messages = 2_000;
  deaf.write(`${JSON.stringify({ kind: "status" })}\n`.repeat(messages));
  await eventually("some to be answered", () => asked > 10);

  const answer = await askDesk(path, { kind: "status" });
  await server.close();

  expect(answer.kind).toBe("refused");
  expect(asked).toBeLessThan(messages);
});

test("a client that does not hang up cannot keep the server open", async () => {
  const path = new TemporaryFolder().file("keel.sock");
  const server = await serve(path, async () => ACCEPTED);
  const idle: Socket = connect({ path, allowHalfOpen: true });
  onTestFinished(() => void idle.destroy());
  await new Promise((resolve) => idle.once("connect", resolve));

  await server.close();

  await expect(askDesk(path, message("R1"))).rejects.toThrow(`No desk answers on ${path}`);
});

async function serve(path: string, onMessage: OnControlMessage) {
  const server = await listenControl(path, onMessage);
  onTestFinished(() => server.close());
  return server;
}

function aClient(path: string): LineClient<ControlReply> {
  const client = new LineClient<ControlReply>({ path }, (line) => decode(line) as ControlReply);
  onTestFinished(() => client.close());
  return client;
}

function message(requestId: string): ControlMessage {
  return { kind: "request", requestId, by: "ann", request: FLATTEN } as ControlMessage;
}

function refusal(number: number): ControlReply {
  return { kind: "refused", reason: `answer ${number}` };
}
