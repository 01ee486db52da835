/**
 * A value as one line of JSON for programs. Money and other `bigint` become decimal text, so that no reader rounds
 * them; maps and sets become lists.
 */
export function jsonLine(value: unknown): string {
  return `${JSON.stringify(value, (_key, field: unknown) => plain(field))}\n`;
}

function plain(field: unknown): unknown {
  if (typeof field === "bigint") return field.toString();
  return field instanceof Map || field instanceof Set ? [...field] : field;
}
