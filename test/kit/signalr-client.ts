import {
  type HubConnection,
  HubConnectionBuilder,
  HttpTransportType,
  type IHttpConnectionOptions,
  LogLevel,
} from "@microsoft/signalr";
import { onTestFinished } from "vitest";

export type OfficialHub = {
  readonly connection: HubConnection;
  /** What happened to the connection: `reconnecting: …`, `reconnected`, `closed: …`. */
  readonly story: string[];
};

/** The official client, not started yet; it is stopped when the test ends. */
export function officialHub(
  url: string,
  token: () => string,
  options: IHttpConnectionOptions = {},
): OfficialHub {
  const connection = new HubConnectionBuilder()
    .withUrl(url, { accessTokenFactory: token, ...options })
    .withAutomaticReconnect([0, 10, 50, 100, 200, 500])
    .configureLogging(LogLevel.None)
    .build();
  const story: string[] = [];
  connection.onreconnecting((error) => story.push(`reconnecting: ${error?.message ?? "no error"}`));
  connection.onreconnected(() => story.push("reconnected"));
  connection.onclose((error) => story.push(`closed: ${error?.message ?? "no error"}`));
  onTestFinished(() => connection.stop());
  return { connection, story };
}

export const SKIP_NEGOTIATION: IHttpConnectionOptions = {
  skipNegotiation: true,
  transport: HttpTransportType.WebSockets,
};
