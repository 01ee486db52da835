/** Environment variables by name, passed in by whoever starts the program. */
export type Environment = Readonly<Record<string, string | undefined>>;

export type Substituted = {
  readonly text: string;
  readonly variables: readonly string[];
  /** Variables that are not set, or set to nothing: an empty limit must not become no limit. */
  readonly missing: readonly string[];
  /** What stands in braces and is no name. */
  readonly malformed: readonly string[];
};

const NAME = /^[A-Za-z_]\w*$/u;

/** Puts in the value of each `${NAME}`. `$${` stands for `${` itself. Values are not looked into again. */
export function substitute(source: string, env: Environment): Substituted {
  const variables: string[] = [];
  const missing: string[] = [];
  const malformed: string[] = [];
  const text = source.replaceAll(/\$\$\{|\$\{([^}]*)\}/gu, (match, name: string | undefined) => {
    if (name === undefined) return "${";
    if (!NAME.test(name)) {
      malformed.push(match);
      return match;
    }
    const value = Object.hasOwn(env, name) ? env[name] : undefined;
    if (value === undefined || value === "") {
      missing.push(name);
      return match;
    }
    variables.push(name);
    return value;
  });
  return { text, variables, missing, malformed };
}
