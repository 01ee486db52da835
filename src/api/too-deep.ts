/** No message needs more; a deeper one is a mistake or an attack, and reading it would exhaust the stack. */
const DEPTH_MAX = 32;

/** Whether a line of JSON nests deeper than any message does. Looks at brackets outside of texts only. */
export function isTooDeep(line: string): boolean {
  let depth = 0;
  let isText = false;
  for (let index = 0; index < line.length; index += 1) {
    const letter = line[index];
    if (letter === '"') isText = !isText;
    else if (isText && letter === "\\") index += 1;
    else if (isText) continue;
    else if (letter === "[" || letter === "{") depth += 1;
    else if (letter === "]" || letter === "}") depth -= 1;
    if (depth > DEPTH_MAX) return true;
  }
  return false;
}
