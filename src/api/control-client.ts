import { type Socket, connect } from "node:net";
import { decode, encode } from "#core/desk/codec.ts";
import { LineReader } from "#core/desk/line-reader.ts";
import { type ControlMessage, type ControlReply, NoDeskError } from "#runtime/control.ts";

/** Asks the desk that listens on a control socket. Throws `NoDeskError` when none does or it ends without answering. */
export function askDesk(path: string, message: ControlMessage): Promise<ControlReply> {
  return new Promise((resolve, reject) => {
    const reader = new LineReader();
    const socket: Socket = connect(path);
    socket.setEncoding("utf8");
    socket.on("connect", () => socket.write(`${encode(message)}\n`));
    socket.on("data", (chunk: string) => {
      const [line] = reader.take(chunk);
      if (line === undefined) return;
      socket.end();
      resolve(decode(line) as ControlReply);
    });
    socket.on("error", (cause) => reject(new NoDeskError(`No desk answers on ${path}`, { cause })));
    socket.on("close", () => {
      reject(
        new NoDeskError(
          `The desk on ${path} ended before it answered; whether it acted is unknown`,
        ),
      );
    });
  });
}
