import type { SettingPath, SettingProblem } from "#core/domain/settings.ts";
import type { ConfigProblem, ProblemPlace } from "./config-problem.ts";

/** A value of a configuration file: where its key and itself begin, and the environment variables in it. */
export type ValuePlace = {
  readonly key: ProblemPlace;
  readonly value: ProblemPlace;
  readonly variables: readonly string[];
};

/** Where every value of a configuration came from, by its path. */
export class Places {
  readonly #places = new Map<string, ValuePlace>();
  /** Paths of values that could not be read; what else is wrong with them follows from that. */
  readonly #broken = new Set<string>();

  note(path: SettingPath, place: ValuePlace): void {
    this.#places.set(keyOf(path), place);
  }

  /** The value was given on top of the file. What stood there before is forgotten. */
  noteOverride(path: SettingPath): void {
    const inside = `${keyOf(path).slice(0, -1)},`;
    for (const key of this.#places.keys()) if (key.startsWith(inside)) this.#places.delete(key);
    const place = { kind: "override" } as const;
    this.note(path, { key: place, value: place, variables: [] });
  }

  noteBroken(path: SettingPath): void {
    this.#broken.add(keyOf(path));
  }

  /** The problem with its place; undefined when it follows from one that is told already. */
  locate(
    problem: SettingProblem,
    kind: ConfigProblem["kind"] = "config",
  ): ConfigProblem | undefined {
    const { path, expected, hint } = problem;
    if (path.some((_, index) => this.#broken.has(keyOf(path.slice(0, index + 1)))))
      return undefined;
    const own = this.#places.get(keyOf(path));
    const variables = own?.variables ?? [];
    // What the environment holds may be a secret.
    const found = variables.length === 0 ? problem.found : variables.map(braced).join(" and ");
    const place = own === undefined || isAboutKey(problem) ? this.#keyPlace(path) : own.value;
    return { kind, place, path, expected, found, hint };
  }

  /** The key of the value, or of the nearest one around it that is there. */
  #keyPlace(path: SettingPath): ProblemPlace {
    for (let length = path.length; length >= 0; length -= 1) {
      const place = this.#places.get(keyOf(path.slice(0, length)));
      if (place !== undefined) return place.key;
    }
    return { kind: "file", line: 1, column: 1 };
  }
}

function isAboutKey({ expected, found }: SettingProblem): boolean {
  return expected === "a known key" || found === "null";
}

function keyOf(path: SettingPath): string {
  return JSON.stringify(path);
}

function braced(name: string): string {
  return `the value of \${${name}}`;
}
