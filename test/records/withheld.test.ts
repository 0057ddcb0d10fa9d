import { expect } from "chai";
import { hexlify } from "ethers";

import { accountOf, encryptionKeyOf, type Aceso } from "../../src/aceso.js";
import type { DataCategory } from "../../src/consent/category.js";
import { utf8, type Hex } from "../../src/crypto/bytes.js";
import { generateContentKey, seal } from "../../src/crypto/contentKey.js";
import { sha256 } from "../../src/crypto/digest.js";
import { wrap } from "../../src/crypto/wrap.js";
import { log } from "../../src/records/access.js";
import { sealRecord } from "../../src/records/add.js";
import { amend } from "../../src/records/amend.js";
import { envelopesOf, putEnvelope, recordOf, type Envelope } from "../../src/records/envelope.js";
import { eraseBySig, signErase } from "../../src/records/erase.js";
import { open, type OpenedChart } from "../../src/records/open.js";
import { share } from "../../src/records/share.js";
import { WITHHELD_REASONS, withheldOf, type Withheld } from "../../src/records/withheld.js";
import { added, AMOXICILLIN, bundleOf, consented, GLUCOSE, HIV_TEST, PRESSURE } from "../sdk.js";
import { stage, treatment } from "../sdk.js";

/** The clinic reads two records of the hospital: one is left alone, and something happens to the other. */
async function reading() {
  const all = await stage();
  const { hospital, patient, clinic } = all;
  const records = await added(hospital, patient, bundleOf(GLUCOSE, PRESSURE));
  const { record, digest } = records[0]!;
  await consented(patient, hospital, { grantee: clinic });
  await share(patient, { grantee: accountOf(clinic) });
  return { ...all, record, digest, untouched: records[1]!.record };
}

type Reading = Awaited<ReturnType<typeof reading>>;

type Case = {
  what: string;
  reason: Withheld["reason"];
  /** What is known of the categories of the record, where its wrapped key opens. */
  categories?: readonly DataCategory[];
  /** What happens; the id of the record it happens to, when not the one that was there. */
  happen: (all: Reading) => Promise<Hex | void>;
};

const LABORATORY = ["laboratory"] as const;

const CASES: readonly Case[] = [
  {
    what: "no key was released",
    reason: "no key",
    happen: ({ vault, record, clinic }) => vault.deleteKey(record, accountOf(clinic)),
  },
  {
    what: "the key was wrapped for somebody else",
    reason: "key does not open",
    happen: async ({ vault, record, clinic, patient }) => {
      const { jwe } = (await vault.getKey(record, accountOf(patient)))!;
      await vault.putKey({ ...(await vault.getKey(record, accountOf(clinic)))!, jwe });
    },
  },
  {
    what: "the wrapped key holds no envelope",
    reason: "key does not open",
    happen: async ({ vault, record, clinic }) => {
      const jwe = await wrap({ salt: "none" }, encryptionKeyOf(clinic).publicKey);
      await vault.putKey({ ...(await vault.getKey(record, accountOf(clinic)))!, jwe });
    },
  },
  {
    what: "the envelope lies about the categories",
    reason: "key does not open",
    happen: (all) => refile(all, ({ envelope }) => ({ ...envelope, categories: ["vitalSigns"] })),
  },
  {
    what: "the envelope is another record's",
    reason: "key does not open",
    happen: (all) => refile(all, ({ other }) => other),
  },
  {
    what: "the record is of data the consent does not cover",
    reason: "not permitted",
    categories: ["laboratory", "restricted"],
    happen: async ({ hospital, patient, clinic }) => {
      const [hiv] = await added(hospital, patient, bundleOf(HIV_TEST));
      await share(patient, { grantee: accountOf(clinic), records: [hiv!.record] });
      return hiv!.record;
    },
  },
  {
    what: "the patient erased it, and the reader kept a key",
    reason: "erased",
    categories: LABORATORY,
    happen: async ({ patient, relayer, record }) => {
      const { vault: _, ...elsewhere } = relayer;
      await eraseBySig(elsewhere, await signErase(patient, { records: [record] })).send();
    },
  },
  {
    what: "the patient erased it, and the reader's key went",
    reason: "erased",
    happen: async ({ patient, relayer, record }) => {
      await eraseBySig(relayer, await signErase(patient, { records: [record] })).send();
    },
  },
  {
    what: "it was never anchored",
    reason: "not anchored",
    categories: ["medications"],
    happen: async ({ vault, hospital, patient, clinic }) => {
      const keys = { patient: accountOf(patient), author: accountOf(hospital) };
      const { envelope, ciphertext, digest } = await sealRecord(
        { categories: ["medications"], bundle: bundleOf(AMOXICILLIN) },
        keys,
      );
      await vault.putBlob(digest, ciphertext);
      await putEnvelope(vault, envelope, { account: accountOf(clinic), key: encryptionKeyOf(clinic).publicKey });
      return recordOf(envelope);
    },
  },
  {
    what: "it was amended, and the reader kept the earlier key",
    reason: "amended since",
    categories: LABORATORY,
    happen: async ({ vault, hospital, patient, clinic, record }) => {
      const kept = (await vault.getKey(record, accountOf(clinic)))!;
      const amendment = { patient: accountOf(patient), record, bundle: bundleOf({ ...GLUCOSE, id: "corrected" }) };
      await (await amend(hospital, amendment)).send();
      await vault.putKey(kept);
    },
  },
  {
    what: "the ciphertext is in another vault",
    reason: "ciphertext missing",
    categories: LABORATORY,
    happen: ({ vault, digest }) => vault.deleteBlob(digest),
  },
  {
    what: "the vault gives other bytes",
    reason: "ciphertext altered",
    categories: LABORATORY,
    happen: async (all) => readFrom(all, async () => utf8("other bytes")),
  },
  {
    what: "the vault notices that its bytes were altered",
    reason: "ciphertext altered",
    categories: LABORATORY,
    happen: async (all) =>
      readFrom(all, async () => {
        throw new Error("The file has another digest.");
      }),
  },
  {
    what: "the content key is a wrong one",
    reason: "content does not open",
    categories: LABORATORY,
    happen: (all) =>
      refile(all, ({ envelope }) => ({
        ...envelope,
        versions: [{ ...envelope.versions[0]!, contentKey: hexlify(generateContentKey()) as Hex }],
      })),
  },
  {
    what: "the content is no FHIR bundle",
    reason: "content does not open",
    categories: LABORATORY,
    happen: (all) => writeOver(all, '{"resourceType":"Patient"}'),
  },
];

/** Wraps something else for the clinic, under the record's id. */
async function refile(
  { vault, record, untouched, clinic }: Reading,
  change: (own: { envelope: Envelope; other: Envelope }) => Envelope,
): Promise<void> {
  const own = { patient: (await vault.getKey(record, accountOf(clinic)))!.patient, reader: accountOf(clinic) };
  const read = await envelopesOf(vault, encryptionKeyOf(clinic), own);
  const [envelope, other] = [record, untouched].map((each) => {
    const found = read.find((one) => one.record === each)!;
    if ("error" in found) throw found.error;
    return found.envelope;
  }) as [Envelope, Envelope];
  const jwe = await wrap(change({ envelope, other }), encryptionKeyOf(clinic).publicKey);
  await vault.putKey({ ...(await vault.getKey(record, accountOf(clinic)))!, jwe });
}

/** Has the vault answer otherwise for the record's ciphertext. */
function readFrom({ clinic, digest }: Reading, getBlob: () => Promise<Uint8Array>): void {
  const vault = clinic.vault;
  clinic.vault = { ...vault, getBlob: async (asked) => (asked === digest ? getBlob() : vault.getBlob(asked)) };
}

/** Amends the record with any content at all, as an author without this SDK could. */
async function writeOver(all: Reading, content: string): Promise<void> {
  const { house, vault, hospital, record } = all;
  const contentKey = generateContentKey();
  const ciphertext = await seal(utf8(content), contentKey);
  const digest = await sha256(ciphertext);
  await vault.putBlob(digest, ciphertext);
  await refile(all, ({ envelope }) => ({
    ...envelope,
    versions: [{ digest, contentKey: hexlify(contentKey) as Hex }],
  }));
  const [event] = await house.records.queryFilter(house.records.filters.RecordAnchored(record));
  const { patient, author, commitment, digest: previous } = event!.args;
  await house.records.connect(hospital.signer).amend(1, { patient, author, commitment }, digest, previous);
}

describe("WITHHELD_REASONS", () => {
  it("are all reached below, and each says what to do", () => {
    expect(new Set(CASES.map(({ reason }) => reason))).to.deep.equal(new Set(Object.keys(WITHHELD_REASONS)));
    for (const advice of Object.values(WITHHELD_REASONS)) expect(advice).to.match(/^[A-Z].+\.$/);
  });

  for (const { what, reason, categories, happen } of CASES) {
    it(`withholds a record as "${reason}" when ${what}, and opens the other`, async () => {
      const all = await reading();
      const record = (await happen(all)) ?? all.record;
      const chart: OpenedChart = await open(all.clinic as Aceso, treatment(all.patient));
      expect(chart.withheld).to.deep.equal([{ record, reason, ...(categories && { categories }) }]);
      expect(chart.records).to.include(all.untouched).and.not.to.include(record);
      expect(await log(all.clinic, { patient: accountOf(all.patient) })).to.have.length(1);
    });
  }
});

describe("withheldOf", () => {
  it("leaves out categories that are not known", () => {
    expect(withheldOf("0x12", "no key")).to.deep.equal({ record: "0x12", reason: "no key" });
    expect(withheldOf("0x12", "erased", ["claims"])).to.have.deep.property("categories", ["claims"]);
  });
});
