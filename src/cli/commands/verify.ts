import type { Command } from "commander";
import {
  type CommandFrame,
  type GlobalFlags,
  dataFolder,
  outPaint,
  print,
} from "#cli/command-frame.ts";
import { EXIT, type ExitCode } from "#cli/exit-codes.ts";
import type { Paint } from "#cli/paint.ts";
import { recordedSession } from "#cli/recorded-session.ts";
import { listing, printable } from "#cli/table.ts";
import type { VerifyReport } from "#runtime/verify.ts";

export function addVerify(program: Command, frame: CommandFrame): void {
  program
    .command("verify")
    .description("decide a recorded session again and compare with what was recorded")
    .argument("[session]", "the newest when left out")
    .action((session: string | undefined, _options: unknown, command: Command) => {
      frame.finish(verify(frame, command.optsWithGlobals<GlobalFlags>(), session));
    });
}

function verify(frame: CommandFrame, flags: GlobalFlags, named: string | undefined): ExitCode {
  const folder = dataFolder(frame, flags);
  const report = frame.runtime.verify(folder, recordedSession(frame, folder, named));
  print(frame, flags, {
    json: () => report,
    lines: () => verifyText(report, outPaint(frame)),
  });
  if (!report.ok) return EXIT.notVerified;
  return report.records === 0 ? EXIT.noData : EXIT.done;
}

function resultText({ ok, records }: VerifyReport, paint: Paint): string {
  if (!ok) return paint.bad("does not agree");
  return records === 0 ? paint.warn("nothing was recorded") : paint.good("agrees");
}

function verifyText(report: VerifyReport, paint: Paint): readonly string[] {
  const { differences, damage, notVerifiable } = report;
  return [
    ...listing([
      ["Session", report.sessionId],
      ["Sound records", String(report.records)],
      ["Verified to event", String(report.verifiedTo)],
      ["Fingerprint", report.fingerprint],
      ["Result", resultText(report, paint)],
    ]),
    ...(damage === null
      ? []
      : [paint.bad(`Damaged at ${damage.seq}: ${printable(damage.reason)}`)]),
    ...notVerifiable.map(({ from, to }) =>
      paint.warn(`Not verifiable from ${from} to ${to}: the tape is short`),
    ),
    ...differences.flatMap(({ seq, expected, found }) => [
      paint.bad(`Event ${seq} differs`),
      `  recorded  ${printable(expected)}`,
      `  decided   ${printable(found)}`,
    ]),
  ];
}
