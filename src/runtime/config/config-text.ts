import {
  type Alias,
  type Document,
  LineCounter,
  type ParseOptions,
  type DocumentOptions,
  type SchemaOptions,
  type Scalar,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  parseDocument,
} from "yaml";
import type { SettingPath } from "#core/domain/settings.ts";
import type { ConfigProblem, ProblemPlace } from "./config-problem.ts";
import { type Environment, substitute } from "./environment.ts";
import { Places } from "./places.ts";
import { syntaxProblems } from "./syntax-problems.ts";

/** A configuration file as plain values, with the place of each. */
export type ConfigText = {
  /** False when it is no YAML: there are no values then, only problems. */
  readonly isReadable: boolean;
  readonly root: unknown;
  readonly places: Places;
  readonly problems: readonly ConfigProblem[];
};

/** Bounds of what one file may hold; aliases would otherwise multiply a small file without end. */
const VALUES_MAX = 20_000;
const ALIASES_MAX = 100;
const DEPTH_MAX = 32;

/** YAML 1.2 core schema: texts, numbers, true, false, null, lists and maps. Nothing else, and nothing executes. */
const CORE_SCHEMA: ParseOptions & DocumentOptions & SchemaOptions = {
  version: "1.2",
  schema: "core",
  resolveKnownTags: false,
  merge: false,
  strict: true,
  uniqueKeys: true,
  stringKeys: true,
  prettyErrors: false,
  logLevel: "error",
};

/** Reads YAML text, with `${NAME}` in its values replaced from the environment. */
export function readConfigText(text: string, env: Environment): ConfigText {
  const lines = new LineCounter();
  const document = parseDocument(text, { ...CORE_SCHEMA, lineCounter: lines });
  const problems = syntaxProblems(document, text, lines);
  if (problems.length > 0) {
    return { isReadable: false, root: null, places: new Places(), problems };
  }
  const reader = new PlainReader(document, lines, env);
  const root = reader.read(document.contents, [], null);
  return { isReadable: true, root, places: reader.places, problems: reader.allProblems() };
}

/** A value as it would be read if it stood in the file without quotes. */
export function plainScalar(text: string): string | number | boolean | null {
  const { contents, errors } = parseDocument(text, CORE_SCHEMA);
  if (errors.length > 0 || !isScalar(contents)) return text;
  const { source, type, value } = contents;
  return type === "PLAIN" && source === text && isPlain(value) ? value : text;
}

/** Turns the nodes of one document into plain values, and remembers where each stood. */
class PlainReader {
  readonly places = new Places();
  readonly #document: Document;
  readonly #lines: LineCounter;
  readonly #env: Environment;
  readonly #problems: ConfigProblem[] = [];
  readonly #missing: { readonly name: string; readonly place: ProblemPlace }[] = [];
  #values = 0;
  #aliases = 0;

  constructor(document: Document, lines: LineCounter, env: Environment) {
    this.#document = document;
    this.#lines = lines;
    this.#env = env;
  }

  allProblems(): readonly ConfigProblem[] {
    const [first] = this.#missing;
    if (first === undefined) return this.#problems;
    const names = [...new Set(this.#missing.map(({ name }) => name))];
    const problem = {
      kind: "config",
      place: first.place,
      path: [],
      expected: `the environment ${names.length === 1 ? "variable" : "variables"} ${names.join(", ")}`,
      found: names.length === 1 ? "it not set" : "them not set",
      hint: "set what is missing and start again",
    } as const;
    return [...this.#problems, problem];
  }

  read(node: unknown, path: SettingPath, key: ProblemPlace | null): unknown {
    const value = this.#placeOf(node) ?? key ?? START;
    this.#values += 1;
    if (this.#values > VALUES_MAX || path.length > DEPTH_MAX) {
      if (this.#values <= VALUES_MAX + 1) this.#tooLarge(path, value);
      return null;
    }
    this.places.note(path, { key: key ?? value, value, variables: [] });
    if (isAlias(node)) return this.#alias(node, path, value);
    if (isScalar(node)) return this.#scalar(node, path, { key: key ?? value, value });
    if (isSeq(node)) {
      return node.items.map((item, index) => this.read(item, [...path, index], null));
    }
    return isMap(node) ? this.#map(node.items, path) : null;
  }

  #map(items: readonly { key: unknown; value: unknown }[], path: SettingPath): unknown {
    const entries: [string, unknown][] = [];
    for (const { key, value } of items) {
      const name = isScalar(key) ? String(key.value) : "?";
      const place = this.#placeOf(key) ?? START;
      if (name === "<<") {
        this.#add(path, place, {
          expected: "the settings themselves",
          found: "a merge key <<",
          hint: "write the settings out",
        });
      } else entries.push([name, this.read(value, [...path, name], place)]);
    }
    return Object.fromEntries(entries);
  }

  #alias(node: Alias, path: SettingPath, place: ProblemPlace): unknown {
    this.#aliases += 1;
    const target = this.#aliases > ALIASES_MAX ? undefined : node.resolve(this.#document);
    if (target !== undefined) return this.read(target, path, place);
    this.places.noteBroken(path);
    const isMany = this.#aliases > ALIASES_MAX;
    if (isMany && this.#aliases > ALIASES_MAX + 1) return null;
    this.#add(path, place, {
      expected: isMany
        ? `at most ${ALIASES_MAX} aliases`
        : `&${node.source} before *${node.source}`,
      found: isMany ? "more" : "none",
      hint: "write the value out",
    });
    return null;
  }

  #scalar(
    node: Scalar,
    path: SettingPath,
    at: { readonly key: ProblemPlace; readonly value: ProblemPlace },
  ): unknown {
    const { value } = node;
    if (typeof value !== "string") return isPlain(value) ? value : null;
    if (!value.includes("${")) return value;
    const { text, variables, missing, malformed } = substitute(value, this.#env);
    this.places.note(path, { ...at, variables });
    for (const name of missing) this.#missing.push({ name, place: at.value });
    for (const found of malformed) {
      const expected = "a variable such as ${NAME}";
      this.#add(path, at.value, { expected, found, hint: "write $${ for the characters ${" });
    }
    if (missing.length > 0 || malformed.length > 0) this.places.noteBroken(path);
    return node.type === "PLAIN" && text !== value ? plainScalar(text) : text;
  }

  #tooLarge(path: SettingPath, place: ProblemPlace): void {
    this.#values = VALUES_MAX + 1;
    this.places.noteBroken(path);
    this.#add(path, place, {
      expected: `at most ${VALUES_MAX} values, ${DEPTH_MAX} deep`,
      found: "more",
      hint: "use fewer aliases, or several files",
    });
  }

  #add(
    path: SettingPath,
    place: ProblemPlace,
    what: Pick<ConfigProblem, "expected" | "found" | "hint">,
  ): void {
    this.#problems.push({ kind: "config", place, path, ...what });
  }

  #placeOf(node: unknown): ProblemPlace | null {
    const range: unknown = typeof node === "object" && node !== null && Reflect.get(node, "range");
    if (!Array.isArray(range) || typeof range[0] !== "number") return null;
    const { line, col } = this.#lines.linePos(range[0]);
    return { kind: "file", line, column: col };
  }
}

const START: ProblemPlace = { kind: "file", line: 1, column: 1 };

function isPlain(value: unknown): value is string | number | boolean | null {
  const kind = typeof value;
  return value === null || kind === "string" || kind === "number" || kind === "boolean";
}
