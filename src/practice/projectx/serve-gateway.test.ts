import { expect, test } from "vitest";
import { AddressTakenError } from "#ports/local-address.ts";
import { practiceGateway } from "#test/kit/practice-gateway.ts";

test.each(["0.0.0.0", "::", "192.168.0.7", "example.org"])(
  "nothing listens on %s",
  async (host) => {
    await expect(practiceGateway({ host })).rejects.toThrow(
      `Expected an address of the loopback interface, found ${host}`,
    );
  },
);

test("a port that is taken is told", async () => {
  const { url } = await practiceGateway();

  await expect(practiceGateway({ port: Number(new URL(url).port) })).rejects.toThrow(
    AddressTakenError,
  );
});
