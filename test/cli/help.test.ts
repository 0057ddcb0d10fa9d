import { expect } from "chai";
import type { Command } from "commander";

import type { Io } from "../../src/cli/io.js";
import { programFor } from "../../src/cli/run.js";
import { newFolder, runWith } from "./commandLine.js";

const program = programFor({ stdout: { write: () => true }, stderr: { write: () => true } } as unknown as Io);

function verbs(command: Command, words: readonly string[] = []): { words: string[]; command: Command }[] {
  if (command.commands.length === 0) return [{ words: [...words], command }];
  return command.commands.flatMap((child) => verbs(child, [...words, child.name()]));
}

describe("--help", () => {
  const all = verbs(program);

  it("finds the verbs", () => expect(all.length).to.be.greaterThan(60));

  for (const { words, command } of all) {
    it(`describes \`aceso ${words.join(" ")}\` with an example`, async () => {
      const { code, out, err } = await runWith([...words, "--help"], ".", {});
      expect({ code, err }).to.deep.equal({ code: 0, err: "" });
      expect(out).to.match(/Example:\n {2}\$ aceso /);
      expect(out).to.contain("--json");
      expect(command.description()).to.not.equal("");
    });
  }

  it("documents exit codes, secrets, times and settings", async () => {
    const { code, out } = await runWith(["--help"], ".", {});
    expect(code).to.equal(0);
    for (const word of ["Exit codes", "ACESO_PASSPHRASE", "aceso.config.json", "90d"]) expect(out).to.contain(word);
  });

  it("gives every verb that a patient decides a way to sign instead of sending", () => {
    const signing = all.filter(({ command }) => command.options.some(({ long }) => long === "--sign"));
    expect(signing.map(({ words }) => words.join(" "))).to.include.members([
      "consent grant",
      "consent revoke",
      "consent revoke-all",
      "consent delegate",
      "record erase",
      "emergency contest",
      "emergency preference",
      "keys publish",
      "prescription route",
      "policy terminate",
      "claim appeal",
      "study enrol",
      "study contribute",
      "study withdraw",
    ]);
  });
});

describe("the command without a verb", () => {
  for (const [line, hint] of [
    [[], "aceso --help"],
    [["consent"], "aceso consent --help"],
    [["consent", "grnat"], "Did you mean grant?"],
    [["consent", "grant", "--grante", "x"], "Did you mean --grantee?"],
    [["parcel", "shpi"], "Did you mean ship?"],
    [["batch", "show", "00300010123455"], "missing required argument 'lot'"],
    [["relay"], "missing required argument 'file'"],
    [["payout", "claim"], "missing required argument 'file'"],
    [["payout", "publsh"], "Did you mean publish?"],
    [["record", "add", "chart.json"], "required option '--patient <address>'"],
    [["record", "add", "a", "b", "--patient", `0x${"11".repeat(20)}`], "too many arguments"],
    [["accredit", "suspnd", "0x12", "--role", "Provider"], "too many arguments"],
  ] as const) {
    it(`says what is missing for \`aceso ${line.join(" ")}\``, async () => {
      const { code, out, err } = await runWith(line, await newFolder(), {});
      expect({ code, out }).to.deep.equal({ code: 2, out: "" });
      expect(err).to.contain("UsageError").and.to.contain(hint);
    });
  }

  it("says it in JSON alone for a program", async () => {
    const { code, out, err } = await runWith(["consent", "--json"], ".", {});
    expect({ code, out }).to.deep.equal({ code: 2, out: "" });
    expect(JSON.parse(err)).to.have.all.keys("error", "message", "advice");
  });

  it("tells its version", async () => {
    const { code, out } = await runWith(["--version"], ".", {});
    expect({ code, out }).to.deep.equal({ code: 0, out: "0.1.0\n" });
  });
});
