import { expect } from "chai";

import type { EmergencyCase } from "../../src/emergency/emergency.js";
import type { Signed } from "../../src/signing.js";
import { actor, ADDRESSES, CHART, errorIn, jsonIn, KEYS, keyFile, staffed, type CommandLine } from "./commandLine.js";

const { patient, clinic, doctor } = ADDRESSES;
const GRANT = `consent grant --grantee ${clinic} --purposes TREAT --categories laboratory --until 90d`;

type Message = Signed<Record<string, unknown>> & Record<string, unknown>;

describe("relay", () => {
  let cli: CommandLine;

  const relay = (file: string): ReturnType<CommandLine["run"]> => cli.run(`relay ${file} --json`, actor("relayer"));

  describe("of what a patient signed", () => {
    beforeEach(async () => {
      cli = await staffed();
    });

    const signed: [type: string, line: string][] = [
      ["GrantConsent", GRANT],
      ["RevokeConsent", `consent revoke --grantee ${clinic}`],
      ["RevokeAllConsents", "consent revoke-all"],
      ["SetDelegate", `consent delegate ${doctor} --categories all --until 1y`],
      ["SetEmergencyPreference", "emergency preference --categories none"],
    ];
    for (const [type, line] of signed) {
      it(`sends a ${type} once`, async () => {
        await cli.done(`${line} --sign signed.json`, actor("patient"));
        expect(jsonIn<object>(await relay("signed.json"))).to.include({ type, signer: patient });
        const again = await relay("signed.json");
        expect(again.code).to.equal(1);
        expect(errorIn(again).error).to.match(/Stale$/);
      });
    }

    it("sends a PublishKey", async () => {
      await keyFile(cli, "new.key");
      await cli.done("keys publish --encryption-key new.key --sign signed.json", actor("patient"));
      expect((await relay("signed.json")).code).to.equal(0);
      const { publicKey } = await cli.readJson<{ publicKey: string }>("new.key");
      expect((await cli.done(`keys show ${patient}`)).out).to.contain(publicKey);
    });

    it("sends a ContestEmergency", async () => {
      await cli.done(`emergency open --patient ${patient} --evidence 0x${"ee".repeat(32)}`, actor("doctor"));
      await cli.done(`emergency contest --clinician ${doctor} --sign signed.json`, actor("patient"));
      expect((await relay("signed.json")).code).to.equal(0);
      const [only] = jsonIn<EmergencyCase[]>(await cli.done("emergency list --json", actor("patient")));
      expect(only).to.include({ contested: true });
    });

    it("sends an EraseRecords, and deletes the patient's keys from the relayer's vault", async () => {
      await cli.write("chart.json", CHART);
      await cli.done(`record add chart.json --patient ${patient}`, actor("hospital"));
      const [first] = jsonIn<{ record: string }[]>(await cli.done("record list --json", actor("patient")));
      await cli.done(`record erase ${first!.record} --sign signed.json`, actor("patient"));
      expect((await relay("signed.json")).code).to.equal(0);
      const [after] = jsonIn<{ status: string; readers: string[] }[]>(
        await cli.done("record list --json", actor("patient")),
      );
      expect(after).to.deep.include({ status: "erased", readers: [ADDRESSES.hospital] });
    });

    it("sends what a patient added about themselves, all of it or nothing", async () => {
      await cli.write("chart.json", CHART);
      const { out } = await cli.done(`record add chart.json --patient ${patient} --sign signed.json`, actor("patient"));
      expect(out).to.contain("Signed AnchorRecord");
      const messages = await cli.readJson<Message[]>("signed.json");
      const [first, second] = messages;
      await cli.write("half.json", [first, { ...second, deadline: 1 }]);
      expect(errorIn(await relay("half.json")).error).to.equal("SignatureExpired");
      expect(jsonIn<object>(await relay("signed.json"))).to.include({
        type: "AnchorRecord",
        signer: patient,
        count: 2,
      });
      expect((await cli.done(`record open --patient ${patient} --json`, actor("patient"))).out).to.contain(
        "Hemoglobin",
      );
    });

    it("sends a single AnchorRecord", async () => {
      await cli.write("one.json", CHART.entry[0]!.resource);
      const { out } = await cli.done(`record add one.json --patient ${patient} --sign -`, actor("patient"));
      const [only] = JSON.parse(out) as Message[];
      await cli.done("relay -", { ...actor("relayer"), stdin: JSON.stringify(only) });
    });

    it("takes a message from stdin, as --sign - writes it", async () => {
      const { out } = await cli.done(`${GRANT} --sign -`, actor("patient"));
      expect(JSON.parse(out)).to.include({ type: "GrantConsent" });
      await cli.done("relay -", { ...actor("relayer"), stdin: out });
    });

    it("only shows the call with --dry-run", async () => {
      await cli.done(`${GRANT} --sign signed.json`, actor("patient"));
      const shown = jsonIn<{ to: string; data: string; gas: number }>(
        await cli.done("relay signed.json --dry-run --json", actor("relayer")),
      );
      expect(shown.to).to.equal(cli.contracts.consents.target);
      expect(shown.gas).to.be.within(21_000, 100_000);
      expect(await cli.contracts.consents.revisionOf(patient, clinic, `0x${"00".repeat(32)}`)).to.equal(0n);
    });

    it("gives a message the deadline that was asked for", async () => {
      await cli.done(`${GRANT} --sign signed.json --deadline 4000000000`, actor("patient"));
      expect(await cli.readJson<Message>("signed.json")).to.include({ deadline: 4_000_000_000 });
    });

    it("writes the message to the new file only its owner may read, and tells a person what to do with it", async () => {
      const { out } = await cli.done(`${GRANT} --sign signed.json`, actor("patient"));
      expect(out).to.contain("aceso relay signed.json");
    });
  });

  describe("of a message that was changed", () => {
    let grant: Message;
    let erasure: Message;

    before(async () => {
      cli = await staffed();
      await cli.write("chart.json", CHART);
      await cli.done(`record add chart.json --patient ${patient}`, actor("hospital"));
      const [first] = jsonIn<{ record: string }[]>(await cli.done("record list --json", actor("patient")));
      grant = JSON.parse((await cli.done(`${GRANT} --sign -`, actor("patient"))).out) as Message;
      erasure = JSON.parse((await cli.done(`record erase ${first!.record} --sign -`, actor("patient"))).out) as Message;
    });

    const without = (message: Message, name: string): unknown =>
      Object.fromEntries(Object.entries(message).filter(([key]) => key !== name));
    const terms = (change: object): unknown => ({
      ...grant,
      message: { ...grant.message, terms: { ...(grant.message["terms"] as object), ...change } },
    });

    const cases: [title: string, change: () => unknown, error: string, word: string][] = [
      ["an empty list", () => [], "SignedMessageMalformedError", "message"],
      ["a list of what is sent one by one", () => [grant], "SignedMessageTypeError", "AnchorRecord"],
      ["a number", () => 5, "SignedMessageMalformedError", "message"],
      ["null", () => null, "SignedMessageMalformedError", "message"],
      ["an unknown type", () => ({ ...grant, type: "Transfer" }), "SignedMessageTypeError", "Transfer"],
      ["no type", () => without(grant, "type"), "SignedMessageTypeError", "undefined"],
      [
        "a countersignature",
        () => ({ ...grant, type: "CountersignEmergency" }),
        "SignedMessageTypeError",
        "Countersign",
      ],
      ...["chainId", "contract", "signer", "deadline", "message", "signature"].map(
        (name) =>
          [`no ${name}`, () => without(grant, name), "SignedMessageMalformedError", name] as [
            string,
            () => unknown,
            string,
            string,
          ],
      ),
      ["a field too many", () => ({ ...grant, fee: 1 }), "SignedMessageMalformedError", "fee"],
      [
        "a message field too many",
        () => ({ ...grant, message: { ...grant.message, fee: 1 } }),
        "SignedMessageMalformedError",
        "message.fee",
      ],
      [
        "a wrong address",
        () => ({ ...grant, message: { ...grant.message, grantee: "0x12" } }),
        "SignedMessageMalformedError",
        "message.grantee",
      ],
      ["an address that is a number", () => ({ ...grant, signer: 5 }), "SignedMessageMalformedError", "signer"],
      [
        "a wrong policy",
        () => ({ ...grant, message: { ...grant.message, policy: "0x12" } }),
        "SignedMessageMalformedError",
        "message.policy",
      ],
      [
        "categories over 48 bits",
        () => terms({ categories: 2 ** 50 }),
        "SignedMessageMalformedError",
        "message.terms.categories",
      ],
      ["a negative time", () => terms({ validUntil: -1 }), "SignedMessageMalformedError", "message.terms.validUntil"],
      ["half a second", () => terms({ validUntil: 1.5 }), "SignedMessageMalformedError", "message.terms.validUntil"],
      [
        "purposes in words",
        () => terms({ purposes: "TREAT" }),
        "SignedMessageMalformedError",
        "message.terms.purposes",
      ],
      [
        "terms that are a list",
        () => ({ ...grant, message: { ...grant.message, terms: [] } }),
        "SignedMessageMalformedError",
        "message.terms",
      ],
      [
        "a signature that is no hex",
        () => ({ ...grant, signature: "signed" }),
        "SignedMessageMalformedError",
        "signature",
      ],
      ["an empty signature", () => ({ ...grant, signature: "0x" }), "SignedMessageMalformedError", "signature"],
      ["an erasure without keys", () => without(erasure, "keys"), "SignedMessageMalformedError", "keys"],
      [
        "an erasure with a broken key",
        () => ({ ...erasure, keys: [{ patient }] }),
        "SignedMessageMalformedError",
        "keys[0].author",
      ],
      [
        "ids that are no list",
        () => ({ ...erasure, message: { ...erasure.message, ids: "0x" } }),
        "SignedMessageMalformedError",
        "message.ids",
      ],
      ["another chain", () => ({ ...grant, chainId: "1" }), "SignedForElsewhereError", "chain"],
      ["another contract", () => ({ ...grant, contract: patient }), "SignedForElsewhereError", "contract"],
      [
        "another grantee",
        () => ({ ...grant, message: { ...grant.message, grantee: doctor } }),
        "ConsentStale|SignatureInvalid",
        "signature",
      ],
      ["another signer", () => ({ ...grant, signer: doctor }), "ConsentUnauthorized|SignatureInvalid", ""],
      ["a past deadline", () => ({ ...grant, deadline: 1 }), "SignatureExpired", "1970"],
    ];
    for (const [title, change, error, word] of cases) {
      it(`refuses ${title}`, async () => {
        const answer = await cli.run("relay - --json", { ...actor("relayer"), stdin: JSON.stringify(change()) });
        expect(answer.out).to.equal("");
        expect(answer.code).to.be.oneOf([1, 2]);
        expect(errorIn(answer).error).to.match(new RegExp(`^(${error})$`));
        expect(errorIn(answer).message).to.contain(word);
      });
    }

    it("takes an address in lower case for the one it is", async () => {
      const lower = { ...grant, contract: grant.contract.toLowerCase() };
      await cli.done("relay - --dry-run", { ...actor("relayer"), stdin: JSON.stringify(lower) });
    });

    it("reads the message before it asks for the account", async () => {
      expect((await cli.run("relay chart.json")).err).to.contain("SignedMessageTypeError");
      expect((await cli.run("relay chart.json", { as: KEYS.relayer })).code).to.equal(2);
    });
  });
});
