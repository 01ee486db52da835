// Who may import whom. What is not listed here is forbidden; src/main.ts and tests see everything.
const LAYERS = {
  core: [],
  ports: ["core"],
  strategies: ["core"],
  practice: ["core", "ports"],
  runtime: ["core", "ports"],
  venues: ["core", "ports"],
  storage: ["core", "ports"],
  bus: ["core", "ports"],
  ops: ["core", "ports"],
  api: ["core", "ports", "runtime", "venues", "storage", "bus", "ops"],
  cli: ["core", "ports", "runtime", "venues", "storage", "bus", "ops", "api"],
};

// The same for the lower folders of src/core; the others (desk, risk, orders, ...) see all of it.
const CORE = {
  domain: [],
  market: ["domain"],
  indicators: ["domain", "market"],
};

// These know neither Node nor any package.
const PURE = ["core", "ports", "strategies"];

const TEST = "[.]test[.]tsx?$";
const anyOf = (names) => `(${names.join("|")})`;

function only(name, folder, seen) {
  const allowed = [folder, ...seen.map((layer) => folder.replace(/[^/]+$/, layer))];
  return {
    name: `${name}-sees-only-${["itself", ...seen].join("-")}`,
    severity: "error",
    from: { path: `^${folder}/`, pathNot: TEST },
    to: { path: `^${folder.replace(/[^/]+$/, "")}`, pathNot: `^${anyOf(allowed)}/` },
  };
}

module.exports = {
  forbidden: [
    ...Object.entries(LAYERS).map(([layer, seen]) => only(layer, `src/${layer}`, seen)),
    ...Object.entries(CORE).map(([part, seen]) => only(`core-${part}`, `src/core/${part}`, seen)),
    {
      name: "every-source-file-belongs-to-a-layer",
      severity: "error",
      from: { path: "^src/", pathNot: `^src/(main[.]ts$|${anyOf(Object.keys(LAYERS))}/)` },
      to: {},
    },
    {
      name: "web-sees-only-the-words-and-the-contract",
      severity: "error",
      from: { path: "^web/", pathNot: TEST },
      to: { path: "^src/", pathNot: "^src/(core/domain/|api/contract)" },
    },
    {
      name: "pure-layers-know-no-package-and-no-node",
      severity: "error",
      from: { path: `^src/${anyOf(PURE)}/`, pathNot: TEST },
      to: { pathNot: "^src/" },
    },
    {
      name: "venues-do-not-know-each-other",
      severity: "error",
      from: { path: "^src/venues/([^/]+)/", pathNot: TEST },
      to: { path: "^src/venues/[^/]+/", pathNot: "^src/venues/($1|net)/" },
    },
    {
      name: "product-does-not-use-tests-or-tools",
      severity: "error",
      from: { path: "^src/", pathNot: TEST },
      to: { path: `^(test|bench|tools)/|${TEST}` },
    },
    { name: "no-cycles", severity: "error", from: {}, to: { circular: true } },
    { name: "every-import-resolves", severity: "error", from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    // Its default parser reads nothing with TypeScript 7, and says so nowhere: tools/check-layers.ts guards it.
    parser: "swc",
    tsPreCompilationDeps: true,
    doNotFollow: { path: "node_modules" },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "node", "default", "types"],
      extensions: [".ts", ".tsx", ".js", ".json"],
    },
  },
};
