declare const brand: unique symbol;

/** A value that was validated or created as `Name`; a plain `Base` does not pass for it. */
export type Brand<Base, Name extends string> = Base & { readonly [brand]: Name };
