import { hash as digest, randomBytes, randomInt } from "node:crypto";
import { hostname } from "node:os";
import { fileURLToPath } from "node:url";
import { askDesk } from "#api/control-client.ts";
import { listenControl } from "#api/control-server.ts";
import type { AnyStrategy } from "#core/strategy/strategy.ts";
import { type LocalAddress, localAddress } from "#ports/local-address.ts";
import type { SecretCabinet } from "#ports/secrets.ts";
import type { ConnectVenue } from "#ports/venue.ts";
import { runAttached } from "#runtime/attached.ts";
import { runBacktest } from "#runtime/backtest.ts";
import type { LoadedPlan } from "#runtime/config/load-plan.ts";
import { type PassPoint, passUnseen } from "#runtime/crash-point.ts";
import { readJournal } from "#runtime/journal-dump.ts";
import {
  type PracticeParts,
  type ServePracticeOptions,
  practiceParts,
} from "#runtime/practice-parts.ts";
import { realClock } from "#runtime/real/real-clock.ts";
import { runReplay } from "#runtime/replay.ts";
import type { SessionPlan } from "#runtime/session-plan.ts";
import { simulatedRemote } from "#runtime/simulated-remote.ts";
import { type ProcessEnd, supervise } from "#runtime/supervisor.ts";
import { type ServeVenueOptions, type VenueParts, venueParts } from "#runtime/venue-parts.ts";
import { verifySession } from "#runtime/verify.ts";
import type { World } from "#runtime/world.ts";
import { controlSocket } from "#storage/control-socket.ts";
import { SimulatedLink } from "#venues/simulated/simulated-link.ts";
import type { CliIo, Runtime } from "./cli-io.ts";
import { lookAtVenue, runAtVenue, startPractice } from "./live-runtime.ts";
import { LEAVE_SCREEN } from "./outlet.ts";
import { apiKeyText, secretCabinet } from "./secret-cabinet.ts";
import { type SessionStore, sessionStore } from "./session-store.ts";
import { storedData } from "./stored-data.ts";
import { runProcess } from "./supervised-process.ts";

export type RuntimeParts = {
  readonly io: CliIo;
  readonly strategies: ReadonlyMap<string, AnyStrategy>;
  readonly version: string;
  /** The venue process, which only the composition root can see. */
  readonly serveVenue: (
    parts: VenueParts,
    service: Pick<ServeVenueOptions, "onListening" | "stop"> & { readonly address: LocalAddress },
  ) => Promise<void>;
  /** The practice gateway. */
  readonly serveGateway: (
    parts: PracticeParts,
    service: Pick<ServePracticeOptions, "onListening" | "stop"> & {
      readonly address: { readonly host: string; readonly port: number };
    },
  ) => Promise<void>;
  /** Told at every crash point; absent outside the crash proof. */
  readonly passPoint?: PassPoint;
};

/** What commands can do in the real world: this machine's clock, disk, sockets and processes. */
export function realRuntime(parts: RuntimeParts): Runtime {
  const { io, strategies, version, passPoint = passUnseen } = parts;
  const say = (text: string): void => io.err.write(`${text}\n`);
  const store = realStore(io, version, say);
  const world: World = {
    clock: realClock,
    hash,
    strategies,
    openSession: store.openSession,
    openArchive: store.openArchive,
    passPoint,
    listenControl: (dataFolder, onMessage) => listenControl(controlSocket(dataFolder), onMessage),
  };
  const secrets = (folder: string): SecretCabinet =>
    secretCabinet({ io, folder, randomBytes, platform: process.platform });
  return {
    version,
    strategies,
    data: storedData,
    defaultConfig: fileURLToPath(new URL("../../config/sample.yaml", import.meta.url)),
    backtest: (plan, watch) => runBacktest(world, plan, watch),
    replay: (plan, options) => runReplay(world, plan, options),
    attach: (plan, { address, ...options }) =>
      runAttached(world, plan, { ...options, venue: simulatedRemote(plan, address, connectVenue) }),
    live: async (plan, options) => {
      const { connection } = plan;
      const apiKey = await apiKeyText(secrets(options.dataFolder), connection);
      return runAtVenue(world, plan, { ...options, apiKey });
    },
    secrets,
    openVenue: async (connection, folder) => {
      const apiKey = await apiKeyText(secrets(folder), connection);
      return lookAtVenue({ clock: realClock, signal: io.stop, apiKey }, connection);
    },
    startPractice,
    serveVenue: (plan, options) => serveVenue(parts, plan, options),
    servePractice: (plan, options) => servePractice(parts, plan, options),
    supervise: (args) =>
      supervise(realClock, { run: () => runWatched(io, args), say, stop: io.stop }),
    askDesk: (dataFolder, message) => askDesk(controlSocket(dataFolder), message),
    verify: (dataFolder, sessionId) => verifySession(world, dataFolder, sessionId),
    readJournal: (session, from) => readJournal(world, session, from),
    sessions: store.sessions,
    listSessions: store.listSessions,
    removeSession: store.removeSession,
  };
}

/** A desk that was killed leaves its screen on the terminal, and what is said then would be drawn over. */
async function runWatched({ out, stop }: CliIo, args: readonly string[]): Promise<ProcessEnd> {
  const end = await runProcess(args, stop);
  if (end.signal !== null && out.isTty) out.write(LEAVE_SCREEN);
  return end;
}

function realStore(io: CliIo, codeVersion: string, say: (text: string) => void): SessionStore {
  const owner = { pid: process.pid, host: hostname(), startedAt: io.now() };
  const firstEpoch = randomInt(1, EPOCHS);
  const epochStep = randomInt(1, EPOCH_STEPS);
  return sessionStore({ clock: realClock, hash, codeVersion, owner, firstEpoch, epochStep, say });
}

const connectVenue: ConnectVenue = (address, onFeed) =>
  new SimulatedLink({
    address: localAddress(address),
    clock: realClock,
    random: () => randomInt(RANDOM_STEPS) / RANDOM_STEPS,
    onFeed,
  });

const RANDOM_STEPS = 1_000_000;
/** So many that two folders hardly ever begin near each other; six letters in an order id. */
const EPOCHS = 2 ** 31;
/** So many that two processes that go on from the same epoch hardly ever meet; it takes millions of starts to use up. */
const EPOCH_STEPS = 2 ** 20;

async function serveVenue(
  { serveVenue: serve }: RuntimeParts,
  plan: SessionPlan,
  { listen, onListening, stop, ...options }: ServeVenueOptions,
): Promise<void> {
  const parts = venueParts(realClock, plan, options);
  try {
    await serve(parts, { address: localAddress(listen), onListening, stop });
  } finally {
    await parts.source.close();
  }
}

/** On the loopback interface and nowhere else: whoever can reach it may log in and set its clock. */
async function servePractice(
  { serveGateway }: RuntimeParts,
  plan: LoadedPlan,
  { port, onListening, stop, ...options }: ServePracticeOptions,
): Promise<void> {
  const secret = (): string => randomBytes(SECRET_BYTES).toString("base64url");
  const parts = practiceParts({ clock: realClock, secret }, plan, options);
  try {
    await serveGateway(parts, { address: { host: "127.0.0.1", port }, onListening, stop });
  } finally {
    await Promise.all([parts.source.close(), parts.history.close()]);
  }
}

const SECRET_BYTES = 24;

function hash(text: string): string {
  return digest("sha256", text);
}
