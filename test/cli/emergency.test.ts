import { stat } from "node:fs/promises";

import { expect } from "chai";
import { concat, sha256, toUtf8Bytes } from "ethers";

import type { EmergencyCase } from "../../src/emergency/emergency.js";
import { time } from "../fixtures.js";
import { actor, ADDRESSES, errorIn, jsonIn, KEYS, staffed, type CommandLine } from "./commandLine.js";

const { patient, clinic, doctor } = ADDRESSES;
const EVIDENCE = `0x${"ee".repeat(32)}`;

describe("emergency", () => {
  let cli: CommandLine;
  const as = actor;

  beforeEach(async () => {
    cli = await staffed();
    await cli.write("note.txt", "Unconscious.");
  });

  const open = async (): Promise<void> => {
    await cli.done(`emergency open --patient ${patient} --evidence ${EVIDENCE}`, as("doctor"));
    // The next case is another second's.
    await time.increase(60);
  };
  const cases = async (): Promise<EmergencyCase[]> =>
    jsonIn(await cli.done(`emergency list --patient ${patient} --json`));

  describe("open", () => {
    it("writes the salted digest of a note on chain, and keeps the salt beside the note", async () => {
      const { out, err } = await cli.done(`emergency open --patient ${patient} --note note.txt`, as("doctor"));
      const { digest, salt } = await cli.readJson<{ digest: string; salt: string }>("note.txt.salt.json");
      expect(sha256(concat([salt, toUtf8Bytes("Unconscious.")]))).to.equal(digest);
      expect(await cases()).to.have.nested.property("[0].evidence", digest);
      expect(out).to.contain("Opened all but restricted");
      expect(err).to.contain("note.txt.salt.json");
    });

    it("keeps no salt for what is refused", async () => {
      expect((await cli.run(`emergency open --patient ${patient} --note note.txt`, as("clinic"))).code).to.equal(1);
      expect(await stat(cli.path("note.txt.salt.json")).catch(() => undefined)).to.equal(undefined);
    });

    it("takes a second Practitioner's countersignature when too many cases wait", async () => {
      for (let i = 0; i < 3; ++i) await open();
      const refused = await cli.run(`emergency open --patient ${patient} --note note.txt --json`, as("doctor"));
      expect(errorIn(refused).error).to.equal("EmergencyNeedsCountersignature");
      const line = `emergency countersign --patient ${patient} --clinician ${doctor} --note note.txt --sign second.json`;
      expect((await cli.done(line, as("colleague"))).out).to.contain("emergency open --countersignature second.json");
      const told = jsonIn<object>(await cli.done("emergency open --countersignature second.json --json", as("doctor")));
      expect(told).to.include({ patient, clinician: doctor, countersigner: ADDRESSES.colleague });
      expect((await cases()).at(-1)).to.include({ countersigner: ADDRESSES.colleague });
    });

    it("refuses a countersignature for another clinician", async () => {
      const line = `emergency countersign --patient ${patient} --clinician ${clinic} --evidence ${EVIDENCE} --sign second.json`;
      await cli.done(line, as("colleague"));
      const answer = await cli.run("emergency open --countersignature second.json --json", as("doctor"));
      expect(errorIn(answer).error).to.equal("CountersignedForOtherError");
      expect(answer.code).to.equal(2);
    });

    it("refuses another message for a countersignature, and --patient beside one", async () => {
      await cli.done("consent revoke-all --sign signed.json", as("patient"));
      const other = await cli.run("emergency open --countersignature signed.json --json", as("doctor"));
      expect(errorIn(other)).to.include({ error: "SignedMessageTypeError" });
      const both = await cli.run(
        `emergency open --countersignature signed.json --patient ${patient} --json`,
        as("doctor"),
      );
      expect(errorIn(both)).to.include({ error: "UsageError" });
    });
  });

  describe("countersign", () => {
    it("writes to stdout, with the deadline asked for", async () => {
      const line = `emergency countersign --patient ${patient} --clinician ${doctor} --evidence ${EVIDENCE} --sign - --deadline 4000000000`;
      expect(jsonIn<object>(await cli.done(line, as("colleague")))).to.include({
        type: "CountersignEmergency",
        deadline: 4_000_000_000,
      });
    });
  });

  describe("review", () => {
    const review = (verdict: string): string =>
      `emergency review --patient ${patient} --clinician ${doctor} --evidence ${EVIDENCE} ${verdict}`;

    it("finds the one case that waits, and closes it for good", async () => {
      await open();
      expect((await cli.done(review("--unjustified"), as("officer"))).out).to.contain("unjustified");
      expect(await cases()).to.have.nested.property("[0].verdict", "unjustified");
      expect(errorIn(await cli.run(`${review("--justified")} --json`, as("officer"))).error).to.equal(
        "CaseNotClearError",
      );
    });

    it("asks which of several is meant", async () => {
      await open();
      await open();
      const unclear = await cli.run(`${review("--justified")} --json`, as("officer"));
      const [first, second] = await cases();
      expect(unclear.code).to.equal(2);
      expect(errorIn(unclear).message).to.contain(String(first!.openedAt)).and.to.contain(String(second!.openedAt));
      await time.increase(4 * 60 * 60);
      await cli.done(`${review("--justified")} --opened-at ${second!.openedAt}`, as("officer"));
      expect((await cases()).map(({ verdict }) => verdict)).to.deep.equal(["pending", "justified"]);
      const { out } = await cli.done(`emergency list --clinician ${doctor}`);
      expect(out).to.contain("pending").and.to.contain("justified");
    });

    it("refuses both verdicts at once", async () => {
      await open();
      expect((await cli.run(review("--justified --unjustified"), as("officer"))).err).to.contain("one verdict");
    });
  });

  describe("contest", () => {
    it("closes the access at once", async () => {
      await open();
      await cli.done(`emergency contest --clinician ${doctor}`, as("patient"));
      expect(await cases()).to.have.nested.property("[0].contested", true);
      expect((await cli.done("emergency list", as("patient"))).out).to.contain("pending, contested");
      const again = await cli.run(`emergency contest --clinician ${doctor} --json`, as("patient"));
      expect(errorIn(again).error).to.equal("CaseNotClearError");
    });
  });

  describe("preference", () => {
    it("shows what is covered, and changes it", async () => {
      expect((await cli.done("emergency preference", as("patient"))).out).to.contain("cover all but restricted.");
      await cli.done("emergency preference --categories allergies,medications", as("patient"));
      expect((await cli.done(`emergency preference --patient ${patient}`)).out).to.contain(
        "cover allergies, medications.",
      );
      await cli.done("emergency preference --categories none", as("patient"));
      expect((await cli.done(`emergency preference --patient ${patient}`)).out).to.contain("opted out");
      const refused = await cli.run(`emergency open --patient ${patient} --evidence ${EVIDENCE} --json`, as("doctor"));
      expect(errorIn(refused).error).to.equal("EmergencyOptedOut");
    });
  });

  it("lists nothing where nothing was opened", async () => {
    expect((await cli.done("emergency list", { as: KEYS.patient })).out).to.equal("No emergency was opened.\n");
  });
});
