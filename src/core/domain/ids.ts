import type { Brand } from "./brand.ts";

export type VenueId = Brand<string, "VenueId">;
export type AccountId = Brand<string, "AccountId">;
export type InstrumentId = Brand<string, "InstrumentId">;
export type BotId = Brand<string, "BotId">;
export type SessionId = Brand<string, "SessionId">;
export type FillId = Brand<string, "FillId">;
/** Ours, chosen before sending, the same for ever (R2). */
export type ClientOrderId = Brand<string, "ClientOrderId">;
/** Theirs, after acceptance. A string end to end: some venues use 64-bit numbers. */
export type VenueOrderId = Brand<string, "VenueOrderId">;
/** Made by whoever asks (CLI, page, bus), so that asking twice acts once. */
export type RequestId = Brand<string, "RequestId">;

export const venueId = (text: string): VenueId => named(text, "venue id") as VenueId;
export const accountId = (text: string): AccountId => named(text, "account id") as AccountId;
export const instrumentId = (text: string): InstrumentId =>
  named(text, "instrument id") as InstrumentId;
export const botId = (text: string): BotId => named(text, "bot id") as BotId;
export const sessionId = (text: string): SessionId => named(text, "session id") as SessionId;
export const fillId = (text: string): FillId => named(text, "fill id") as FillId;
export const clientOrderId = (text: string): ClientOrderId =>
  named(text, "client order id") as ClientOrderId;
export const venueOrderId = (text: string): VenueOrderId =>
  named(text, "venue order id") as VenueOrderId;
export const requestId = (text: string): RequestId => named(text, "request id") as RequestId;

/** Ids are short printable text: they travel in file names, URLs, tags and logs. */
function named(text: string, what: string): string {
  if (text.length === 0 || text.length > 64 || !/^[\x21-\x7e]+$/u.test(text)) {
    throw new RangeError(
      `Expected a ${what} of 1 to 64 printable characters without spaces, found ${JSON.stringify(text)}`,
    );
  }
  return text;
}
