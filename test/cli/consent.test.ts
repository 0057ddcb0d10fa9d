import { stat } from "node:fs/promises";

import { expect } from "chai";
import type { Consent } from "fhir/r4.js";
import { concat, sha256, toUtf8Bytes } from "ethers";

import type { StandingConsent } from "../../src/consent/history.js";
import { canonicalJson } from "../../src/fhir/canonicalJson.js";
import { time } from "../fixtures.js";
import { actor, ADDRESSES, commandLine, errorIn, jsonIn, type CommandLine } from "./commandLine.js";

const { patient, clinic, doctor, nurse } = ADDRESSES;
const POLICY = `0x${"ab".repeat(32)}`;

function consentOf(overrides: Partial<Consent> = {}, recipient = "Organization/clinic"): Consent {
  return {
    resourceType: "Consent",
    status: "active",
    scope: { coding: [{ code: "patient-privacy" }] },
    category: [{ coding: [{ system: "http://loinc.org", code: "59284-0" }] }],
    patient: { reference: "Patient/1" },
    provision: {
      type: "permit",
      period: { end: "2099-12-31" },
      actor: [{ role: { coding: [{ code: "IRCP" }] }, reference: recipientOf(recipient) }],
      purpose: [{ system: "http://terminology.hl7.org/CodeSystem/v3-ActReason", code: "TREAT" }],
      class: [{ system: "urn:aceso:data-category", code: "laboratory" }],
    },
    ...overrides,
  };
}

function recipientOf(party: string): { reference: string } | { identifier: { system: string; value: string } } {
  return party.startsWith("did:") ? accountOf(party) : { reference: party };
}

function accountOf(value: string): { identifier: { system: string; value: string } } {
  return { identifier: { system: "urn:ietf:rfc:3986", value } };
}

describe("consent", () => {
  let cli: CommandLine;
  const as = actor;

  beforeEach(async () => {
    cli = await commandLine();
  });

  const list = async (): Promise<StandingConsent[]> => jsonIn(await cli.done("consent list --json", as("patient")));
  const terms = (categories = "laboratory"): string => `--purposes TREAT --categories ${categories} --until 2099-12-31`;

  describe("grant", () => {
    it("grants for everything the purposes bring along, until the end of the day named", async () => {
      const { out } = await cli.done(`consent grant --grantee ${clinic} ${terms("all-unrestricted")}`, as("patient"));
      expect(out).to.contain(`${clinic} may use all but restricted for TREAT until 2100-01-01 00:00:00 UTC.`);
      const [granted] = await list();
      expect(granted!.terms.purposes).to.include("COC");
      expect(granted!.terms.validUntil).to.equal(Date.UTC(2100, 0, 1) / 1000);
    });

    it("answers a program with the transaction and what was granted", async () => {
      const told = jsonIn<object>(
        await cli.done(`consent grant --grantee ${clinic} ${terms()} --policy ${POLICY} --json`, as("patient")),
      );
      expect(told)
        .to.include.all.keys("transaction", "block", "gasUsed")
        .and.to.include({ patient, grantee: clinic, policy: POLICY });
    });

    it("lets a delegate grant for the patient, within the mask", async () => {
      await cli.done(`consent delegate ${nurse} --categories laboratory --until 2100-12-31`, as("patient"));
      const line = `consent grant --patient ${patient} --grantee ${clinic}`;
      await cli.done(`${line} ${terms()}`, as("nurse"));
      expect((await cli.run(`${line} ${terms("genomics")}`, as("nurse"))).err).to.contain("ConsentUnauthorized");
      await cli.done(`consent delegate ${nurse} --remove`, as("patient"));
      expect((await cli.run(`${line} ${terms()}`, as("nurse"))).code).to.equal(1);
    });

    it("sends nothing with --dry-run", async () => {
      const { out } = await cli.done(`consent grant --grantee ${clinic} ${terms()} --dry-run`, as("patient"));
      expect(out)
        .to.contain("Nothing was sent")
        .and.to.contain(cli.contracts.consents.target as string);
      expect(await list()).to.deep.equal([]);
    });
  });

  describe("grant --fhir", () => {
    const grant = (more = ""): Promise<Awaited<ReturnType<CommandLine["run"]>>> =>
      cli.run(["consent", "grant", "--fhir", "consent.json", ...more.split(" ").filter(Boolean)], as("patient"));

    it("takes the terms from the Consent, and its salted digest for a policy", async () => {
      await cli.write("consent.json", consentOf());
      const { code, err } = await grant(`--grantee ${clinic}`);
      const kept = await cli.readJson<{ salt: string; digest: string }>("consent.json.salt.json");
      expect(code).to.equal(0);
      expect(err).to.contain(kept.salt).and.to.contain("consent.json.salt.json");
      const [granted] = await list();
      expect(granted).to.include({ policy: kept.digest });
      const document = toUtf8Bytes(canonicalJson(consentOf()));
      expect(sha256(concat([kept.salt, document]))).to.equal(kept.digest);
      expect((await stat(cli.path("consent.json.salt.json"))).mode & 0o777).to.equal(0o600);
    });

    it("gives the same document the same policy again, however it is laid out", async () => {
      await cli.write("consent.json", consentOf());
      await grant(`--grantee ${clinic}`);
      await cli.write("consent.json", JSON.stringify(consentOf(), null, 4));
      expect((await grant(`--grantee ${clinic}`)).code).to.equal(0);
      expect(await list()).to.have.length(1);
    });

    it("refuses a changed document under the old salt", async () => {
      await cli.write("consent.json", consentOf());
      await grant(`--grantee ${clinic}`);
      await cli.write("consent.json", consentOf({ dateTime: "2026-01-01" }));
      const { code, err } = await grant(`--grantee ${clinic}`);
      expect(code).to.equal(2);
      expect(err).to.contain("DocumentChangedError");
    });

    for (const content of [null, {}, { salt: "0x12", digest: POLICY }, { salt: POLICY }]) {
      it(`refuses ${JSON.stringify(content)} for a salt file`, async () => {
        await cli.write("consent.json", consentOf());
        await cli.write("consent.json.salt.json", JSON.stringify(content));
        expect((await grant(`--grantee ${clinic}`)).err).to.contain("SaltFileError");
      });
    }

    it("keeps no salt for what the chain refuses, nor with --dry-run", async () => {
      await cli.write("consent.json", consentOf());
      expect((await grant(`--grantee ${clinic} --patient ${doctor}`)).code).to.equal(1);
      expect((await grant(`--grantee ${clinic} --dry-run`)).code).to.equal(0);
      expect(await stat(cli.path("consent.json.salt.json")).catch(() => undefined)).to.equal(undefined);
    });

    it("keeps the salt where it is told to, and tells a program policy and salt of what it signed", async () => {
      await cli.write("consent.json", consentOf());
      const answer = await grant(`--grantee ${clinic} --salt-file salt.json --sign signed.json --json`);
      const kept = await cli.readJson<{ salt: string; digest: string }>("salt.json");
      expect(jsonIn<object>(answer)).to.include({ salt: kept.salt, policy: kept.digest, saltFile: "salt.json" });
      expect(await cli.readJson<{ message: object }>("signed.json")).to.have.nested.property(
        "message.policy",
        kept.digest,
      );
    });

    it("takes a policy that is given, and keeps no salt then", async () => {
      await cli.write("consent.json", consentOf());
      await grant(`--grantee ${clinic} --policy ${POLICY}`);
      expect((await list())[0]).to.include({ policy: POLICY });
      expect(await stat(cli.path("consent.json.salt.json")).catch(() => undefined)).to.equal(undefined);
    });

    it("takes the grantee from the Consent when it names one account", async () => {
      await cli.write("consent.json", consentOf({}, `did:pkh:eip155:31337:${clinic}`));
      expect((await grant()).code).to.equal(0);
      expect((await list())[0]).to.include({ grantee: clinic });
    });

    const parties: [title: string, consent: Consent, more: string, error: string][] = [
      ["a recipient that is no account, without --grantee", consentOf(), "", "UsageError"],
      [
        "another recipient's account",
        consentOf({}, `did:pkh:eip155:31337:${doctor}`),
        `--grantee ${clinic}`,
        "ConsentPartyError",
      ],
      [
        "a recipient on another chain, without --grantee",
        consentOf({}, `did:pkh:eip155:1:${clinic}`),
        "",
        "UsageError",
      ],
      [
        "another patient's account",
        consentOf({ patient: accountOf(`did:pkh:eip155:31337:${doctor}`) }),
        `--grantee ${clinic}`,
        "ConsentPartyError",
      ],
      [
        "a patient on another chain",
        consentOf({ patient: accountOf(`did:pkh:eip155:1:${patient}`) }),
        `--grantee ${clinic}`,
        "ConsentPartyError",
      ],
    ];
    for (const [title, consent, more, error] of parties) {
      it(`refuses ${title}`, async () => {
        await cli.write("consent.json", consent);
        const { code, err } = await grant(more);
        expect(code).to.equal(2);
        expect(err).to.contain(error);
      });
    }

    it("takes the patient's own account in the Consent", async () => {
      await cli.write("consent.json", consentOf({ patient: accountOf(`did:pkh:eip155:31337:${patient}`) }));
      expect((await grant(`--grantee ${clinic}`)).code).to.equal(0);
    });
  });

  describe("revoke", () => {
    it("says which consents of the grantee still stand under other policies", async () => {
      await cli.done(`consent grant --grantee ${clinic} ${terms()} --policy ${POLICY}`, as("patient"));
      const { out, err } = await cli.done(`consent revoke --grantee ${clinic}`, as("patient"));
      expect(out).to.contain("under policy none");
      expect(err).to.contain("No consent stood").and.to.contain(POLICY);
      const told = jsonIn<object>(await cli.done(`consent revoke --grantee ${clinic} --json`, as("patient")));
      expect(told).to.deep.include({ stillStanding: [POLICY] });
      const right = await cli.done(`consent revoke --grantee ${clinic} --policy ${POLICY}`, as("patient"));
      expect(right.err).to.equal("");
      expect(await list()).to.deep.equal([]);
    });
  });

  describe("revoke-all", () => {
    it("ends everything at once", async () => {
      for (const grantee of [clinic, doctor])
        await cli.done(`consent grant --grantee ${grantee} ${terms()}`, as("patient"));
      await cli.done("consent revoke-all", as("patient"));
      expect(await list()).to.deep.equal([]);
    });
  });

  describe("at", () => {
    it("says who was permitted then, though they are no longer", async () => {
      await cli.done(`consent grant --grantee ${clinic} ${terms()}`, as("patient"));
      const granted = await time.latest();
      await time.increase(1000);
      await cli.done(`consent revoke --grantee ${clinic}`, as("patient"));
      expect((await cli.done(`consent at ${granted} --patient ${patient}`)).out).to.contain(clinic);
      expect((await cli.done(`consent at 10min --patient ${patient}`)).out).to.contain(clinic);
      expect((await cli.done(`consent at 1d --patient ${patient}`)).out).to.contain("Nobody was permitted");
      expect((await cli.done(`consent list --patient ${patient}`)).out).to.contain("No consent of");
    });
  });

  describe("explain", () => {
    it("says all that terms cover and do not, without a chain or an account", async () => {
      const { out } = await cli.done(`consent explain ${terms()}`, {
        connect: () => Promise.reject(new Error("not to be asked")),
      });
      expect(out).to.contain("TREAT: treatment").and.to.contain("COC: coordination of care (comes with TREAT)");
      expect(out)
        .to.contain("CLINTRL: clinical trial (only when named)")
        .and.to.contain("BTG: break the glass (never granted");
      expect(out).to.contain("HRESCH (healthcare research)").and.to.contain("is not covered.");
      expect(out).to.match(/Data it covers:\n {2}laboratory\nData it does not cover:\n {2}demographics, /);
    });

    it("says that specially protected data is covered when it is", async () => {
      const { out } = await cli.done(`consent explain ${terms("all")}`);
      expect(out).to.contain("HIV, violence) is covered.").and.to.contain("Data it does not cover:\n  none");
    });

    it("explains a FHIR Consent, and a consent that stands", async () => {
      await cli.write("consent.json", consentOf());
      expect((await cli.done("consent explain --fhir consent.json")).out).to.contain("2100-01-01");
      await cli.done(`consent grant --grantee ${clinic} ${terms()}`, as("patient"));
      const standing = jsonIn<object>(await cli.done(`consent explain --grantee ${clinic} --json`, as("patient")));
      expect(standing).to.deep.include({ categories: ["laboratory"], coversRestricted: false });
      const missing = await cli.run(`consent explain --grantee ${clinic} --policy ${POLICY} --json`, as("patient"));
      expect(errorIn(missing).error).to.equal("ConsentNotFoundError");
    });
  });
});
