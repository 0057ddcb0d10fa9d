import { readFileSync } from "node:fs";

import { expect } from "chai";

import * as consentMessages from "../src/consent/messages.js";
import * as emergencyMessages from "../src/emergency/messages.js";
import * as insuranceMessages from "../src/insurance/messages.js";
import * as keyMessages from "../src/keys/messages.js";
import * as medicationMessages from "../src/medication/messages.js";
import * as recordMessages from "../src/records/messages.js";
import * as researchMessages from "../src/research/messages.js";
import type { MessageTypes } from "../src/signing.js";
import { stage } from "./sdk.js";

type Descriptor = {
  $schema: string;
  context: { eip712: { domain: { name: string; version: string }; deployments: unknown[] } };
  display: {
    formats: Record<
      string,
      {
        intent: string;
        fields: { path: string; label: string; format: string; params?: { encoding?: string } }[];
        required: string[];
        excluded: string[];
      }
    >;
  };
};

/** What makes a message count once: of no meaning to who signs. */
const BOOKKEEPING = ["revision", "epoch", "version", "nonce"];

const CONTRACTS: readonly [
  string,
  "consents" | "emergencies" | "records" | "keys" | "prescriptions" | "escrow" | "studies",
  Readonly<Record<string, MessageTypes>>,
][] = [
  ["ConsentRegistry", "consents", consentMessages],
  ["EmergencyAccess", "emergencies", emergencyMessages],
  ["RecordRegistry", "records", recordMessages],
  ["KeyDirectory", "keys", keyMessages],
  ["PrescriptionRegistry", "prescriptions", medicationMessages],
  ["ClaimEscrow", "escrow", insuranceMessages],
  ["StudyRewards", "studies", researchMessages],
];

function descriptorOf(contract: string): Descriptor {
  return JSON.parse(readFileSync(new URL(`../deploy/erc7730/${contract}.json`, import.meta.url), "utf8")) as Descriptor;
}

/** Every leaf of a message as ERC-7730 names it: `terms.purposes`, `ids.[]`, `lines.[].billed`. */
function paths(types: MessageTypes, type: string, prefix = ""): { path: string; type: string }[] {
  return types[type]!.flatMap(({ name, type: field }) => {
    const path = `${prefix}${name}${field.endsWith("[]") ? ".[]" : ""}`;
    const element = field.replace("[]", "");
    if (element in types) return paths(types, element, `${path}.`);
    return { path, type: field };
  });
}

for (const [contract, key, messages] of CONTRACTS) {
  describe(`the ERC-7730 descriptor of ${contract}`, () => {
    const descriptor = descriptorOf(contract);
    const { formats } = descriptor.display;

    it("is for the contract's own EIP-712 domain", async () => {
      const { patient } = await stage();
      const { name, version } = await patient.contracts[key].eip712Domain();
      expect(descriptor.context.eip712.domain).to.deep.equal({ name, version });
      expect(descriptor.context.eip712.deployments).to.be.an("array");
      expect(descriptor.$schema).to.match(/^https:\/\/eips\.ethereum\.org\/.*erc7730/);
    });

    it("describes every message the contract takes, and no other", () => {
      const primary = Object.values(messages).map((types) => Object.keys(types)[0]!);
      expect(Object.keys(formats).sort()).to.deep.equal(primary.sort());
    });

    for (const types of Object.values(messages)) {
      const [message] = Object.keys(types) as [string];

      it(`shows every field of ${message}, or leaves it out on purpose`, () => {
        const { intent, fields, required, excluded } = formats[message]!;
        const leaves = paths(types, message);
        const shown = fields.map(({ path }) => path);
        expect([...shown, ...excluded].sort()).to.deep.equal(leaves.map(({ path }) => path).sort());
        expect([...required].sort()).to.deep.equal([...shown].sort());
        for (const name of excluded) expect(BOOKKEEPING).to.include(name);
        expect(intent).to.match(/^[A-Z]/);
        expect(new Set(fields.map(({ label }) => label)).size).to.equal(fields.length);
      });

      it(`shows the fields of ${message} as what they are`, () => {
        for (const { path, format, params } of formats[message]!.fields) {
          const { type } = paths(types, message).find((leaf) => leaf.path === path)!;
          const isTime = type === "uint40" || path === "deadline";
          expect(format, path).to.equal(type === "address" ? "addressName" : isTime ? "date" : "raw");
          if (isTime) expect(params).to.include({ encoding: "timestamp" });
        }
      });
    }
  });
}
