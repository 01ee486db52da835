/** `enumeration` takes integers only, `int32` and the like also text that is a number. */
type PlainKind = "int32" | "int64" | "decimal" | "text" | "flag" | "instant" | "enumeration";

/** What a member of a request body is. */
export type MemberType =
  | { readonly kind: PlainKind }
  | { readonly kind: "list"; readonly of: MemberType }
  | { readonly kind: "object"; readonly members: Members };

export type Member = { readonly type: MemberType; readonly isRequired: boolean };
export type Members = Readonly<Record<string, Member>>;

export function required(type: PlainKind | MemberType): Member {
  return { type: typeof type === "string" ? { kind: type } : type, isRequired: true };
}

export function optional(type: PlainKind | MemberType): Member {
  return { type: typeof type === "string" ? { kind: type } : type, isRequired: false };
}

/** Bound members by the names of the contract; absent ones are null. */
export type BoundBody = Readonly<Record<string, unknown>>;
