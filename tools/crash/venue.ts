// The venue of the crash proof: keel as it is, ended with the program that started it.
process.on("disconnect", () => process.exit());
await import(new URL("../../src/main.ts", import.meta.url).href);
process.disconnect?.();
