import type { TextInput, TextOutput } from "./cli-io.ts";

/** The person left instead of answering. */
export class InterruptedError extends Error {
  override readonly name = "InterruptedError";

  constructor() {
    super("Interrupted before an answer");
  }
}

/** More than any secret has; a file that was piped in by mistake is not swallowed whole. */
const PIPED_MAX = 65_536;
const ENTER = /[\r\n]/u;
const CTRL_C = "\u{3}";
const CTRL_D = "\u{4}";
const ERASE = new Set(["\u{8}", "\u{7F}"]);
const CTRL_U = "\u{15}";

/** What a person types at the terminal of a process, or what is piped into it. */
export function terminalInput(
  stdin: NodeJS.Process["stdin"],
  questions: Pick<TextOutput, "write" | "isTty">,
): TextInput {
  return {
    isTty: stdin.isTTY && questions.isTty,
    async ask(question, how) {
      const echo = (text: string): void => {
        if (how === "shown") questions.write(text);
      };
      const typed = typedLine(stdin, echo);
      // Now that the terminal shows nothing by itself: whoever answers at once is not faster.
      questions.write(question);
      try {
        return await typed;
      } finally {
        questions.write("\n");
      }
    },
    async read() {
      let text = "";
      stdin.setEncoding("utf8");
      for await (const chunk of stdin as AsyncIterable<string>) {
        text += chunk;
        if (text.length > PIPED_MAX) break;
      }
      return text;
    },
  };
}

/**
 * One line, character by character, as only a terminal in raw mode gives it without showing it. Ctrl-C is a character
 * here and no signal.
 */
function typedLine(stdin: NodeJS.ReadStream, echo: (text: string) => void): Promise<string> {
  return new Promise((resolve, reject) => {
    let line = "";
    const end = (settle: () => void): void => {
      stdin.off("data", take);
      stdin.setRawMode(false);
      stdin.pause();
      settle();
    };
    const take = (chunk: string): void => {
      for (const character of chunk) {
        if (ENTER.test(character)) return end(() => resolve(line));
        if (character === CTRL_C || (character === CTRL_D && line === "")) {
          return end(() => reject(new InterruptedError()));
        }
        if (ERASE.has(character)) {
          if (line !== "") echo("\b \b");
          line = Array.from(line).slice(0, -1).join("");
        } else if (character === CTRL_U) {
          echo("\b \b".repeat(Array.from(line).length));
          line = "";
        } else if (!/\p{Cc}/u.test(character)) {
          line += character;
          echo(character);
        }
      }
    };
    stdin.setEncoding("utf8");
    stdin.setRawMode(true);
    stdin.on("data", take);
    stdin.resume();
  });
}
