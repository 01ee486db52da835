/** Values as a person writes them in a file; settings are read from it and bots keep their store in it. */
export type PlainData =
  | null
  | boolean
  | number
  | string
  | readonly PlainData[]
  | { readonly [key: string]: PlainData };
