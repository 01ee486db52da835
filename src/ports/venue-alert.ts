import type { Command } from "#core/desk/command.ts";

/** Something about a venue that a person should know and no event says. */
export type VenueAlert = Omit<Extract<Command, { readonly kind: "alert" }>, "kind">;
