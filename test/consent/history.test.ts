import { expect } from "chai";
import { id } from "ethers";
import fc from "fast-check";

import { accountOf, type Aceso } from "../../src/aceso.js";
import type { DataCategory } from "../../src/consent/category.js";
import { grant, NO_POLICY, permits, revoke, revokeAll } from "../../src/consent/consent.js";
import { setDelegate } from "../../src/consent/delegate.js";
import { at, list, type StandingConsent } from "../../src/consent/history.js";
import type { Purpose } from "../../src/consent/purpose.js";
import type { Address } from "../../src/crypto/address.js";
import type { Hex } from "../../src/crypto/bytes.js";
import { FAR, time } from "../fixtures.js";
import { stage } from "../sdk.js";

const POLICIES = [NO_POLICY, id("a policy") as Hex] as const;
const PURPOSES: readonly Purpose[] = ["TREAT", "HRESCH"];
const CATEGORIES: readonly DataCategory[] = ["laboratory", "restricted"];

/** One thing a patient does, or time that passes; who and which policy by place. */
type Step =
  | {
      type: "grant";
      who: number;
      policy: number;
      purposes: Purpose[];
      categories: DataCategory[];
      wait: number;
      last: number;
    }
  | { type: "revoke"; who: number; policy: number }
  | { type: "revokeAll" }
  | { type: "pass"; seconds: number };

const place = fc.integer({ min: 0, max: 1 });
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      type: fc.constant("grant" as const),
      who: place,
      policy: place,
      purposes: fc.uniqueArray(fc.constantFrom(...PURPOSES), { minLength: 1 }),
      categories: fc.uniqueArray(fc.constantFrom(...CATEGORIES), { minLength: 1 }),
      wait: fc.constantFrom(0, 0, 50),
      last: fc.constantFrom(20, 100, 1000),
    }),
  },
  { weight: 2, arbitrary: fc.record({ type: fc.constant("revoke" as const), who: place, policy: place }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant("revokeAll" as const) }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant("pass" as const), seconds: fc.integer({ min: 1, max: 60 }) }) },
);

/** A consent as a patient would write it down. */
type Note = { purposes: Purpose[]; categories: DataCategory[]; from: number; until: number };
/** What was written down at a time: a consent, its end (no note), or the end of everything (no key). */
type Entry = { time: number; key?: string; note?: Note };

/** A consent, by what these tests vary. */
type Told = { key: string; purposes: Purpose[]; categories: DataCategory[] };

/** Who is permitted at a time, replayed from notes in the simplest way. */
function replayed(entries: readonly Entry[], asked: number): Told[] {
  const standing = new Map<string, Note>();
  for (const { time: written, key, note } of entries) {
    if (written > asked) continue;
    if (key === undefined) standing.clear();
    else if (note === undefined) standing.delete(key);
    else standing.set(key, note);
  }
  const live = [...standing].filter(([, { from, until }]) => from <= asked && asked < until);
  return sorted(live.map(([key, { purposes, categories }]) => ({ key, purposes, categories })));
}

/** Who is permitted, as the chain tells it. */
function told(consents: readonly StandingConsent[]): Told[] {
  return sorted(
    consents.map(({ grantee, policy, terms: { purposes, categories } }) => ({
      key: `${grantee} ${policy}`,
      purposes: [...purposes],
      categories: [...categories],
    })),
  );
}

function sorted(consents: readonly Told[]): Told[] {
  return consents
    .map(({ key, purposes, categories }) => ({
      key,
      purposes: PURPOSES.filter((purpose) => purposes.includes(purpose)),
      categories: CATEGORIES.filter((category) => categories.includes(category)),
    }))
    .sort((a, b) => (a.key < b.key ? -1 : 1));
}

/** The stage, with a patient who pays for its own transactions and two grantees. */
async function patientAndGrantees() {
  const all = await stage();
  const { guardian: patient, clinic, hospital } = all;
  return { ...all, patient, grantees: [clinic, hospital].map(accountOf) as [Address, Address] };
}

/** Has the patient take every step, and notes it down. */
async function taken(steps: readonly Step[], patient: Aceso, grantees: readonly Address[]): Promise<Entry[]> {
  const entries: Entry[] = [];
  for (const each of steps) {
    if (each.type === "pass") {
      await time.increase(each.seconds);
    } else if (each.type === "revokeAll") {
      await revokeAll(patient).send();
      entries.push({ time: await time.latest() });
    } else {
      const consentKey = { grantee: grantees[each.who]!, policy: POLICIES[each.policy]! };
      const note = each.type === "grant" ? await granted(patient, consentKey, each) : undefined;
      if (note === undefined) await revoke(patient, consentKey).send();
      const key = `${consentKey.grantee} ${consentKey.policy}`;
      entries.push({ time: await time.latest(), key, ...(note && { note }) });
    }
  }
  return entries;
}

async function granted(
  patient: Aceso,
  key: { grantee: Address; policy: Hex },
  { purposes, categories, wait, last }: Extract<Step, { type: "grant" }>,
): Promise<Note> {
  // Ties the chain's clock to its newest block, which a restored fixture leaves behind the machine's.
  await time.increase(1);
  const now = await time.latest();
  const validFrom = wait === 0 ? 0 : now + wait;
  const until = now + wait + last;
  await grant(patient, { ...key, terms: { purposes, categories, validFrom, validUntil: until } }).send();
  return { purposes, categories, from: validFrom || (await time.latest()), until };
}

describe("at and list", () => {
  it("agree with notes taken along, at any time, and with permits now", async () => {
    const fraction = fc.double({ min: 0, max: 1.2, noNaN: true });
    const scenario = fc.record({
      steps: fc.array(step, { minLength: 1, maxLength: 10 }),
      fractions: fc.array(fraction, { minLength: 3, maxLength: 3 }),
    });
    const property = fc.asyncProperty(scenario, async ({ steps, fractions }) => {
      const { patient, grantees } = await patientAndGrantees();
      const of = { patient: accountOf(patient) };
      const begin = await time.latest();
      const entries = await taken(steps, patient, grantees);
      const end = await time.latest();
      const times = [
        ...fractions.map((part) => Math.floor(begin + (end - begin) * part)),
        ...entries.slice(-2).flatMap(({ time: written }) => [written - 1, written]),
        end,
      ];
      for (const asked of times) {
        expect(told(await at(patient, { ...of, time: asked }))).to.deep.equal(replayed(entries, asked));
      }

      const live = (await list(patient, of)).filter(({ status }) => status === "live");
      for (const [grantee, policy, purpose, category] of combinations(grantees)) {
        const isListed = live.some(
          (consent) =>
            consent.grantee === grantee &&
            consent.policy === policy &&
            consent.terms.purposes.includes(purpose) &&
            consent.terms.categories.includes(category),
        );
        expect(await permits(patient, { grantee, policy, purpose, categories: [category] })).to.equal(isListed);
      }
    });
    await fc.assert(property, { numRuns: 12 });
  });
});

function combinations(grantees: readonly Address[]): [Address, Hex, Purpose, DataCategory][] {
  return grantees.flatMap((grantee) =>
    POLICIES.flatMap((policy) =>
      PURPOSES.flatMap((purpose) =>
        CATEGORIES.map((category): [Address, Hex, Purpose, DataCategory] => [grantee, policy, purpose, category]),
      ),
    ),
  );
}

describe("list", () => {
  it("tells each standing consent once, in words, with who granted it, the newest last", async () => {
    const { patient, doctor, grantees } = await patientAndGrantees();
    const [clinic, hospital] = grantees;
    const terms = { purposes: ["HRESCH"], categories: ["laboratory"], validUntil: FAR } as const;
    const validUntil = (await time.latest()) + 1000;
    await grant(patient, { grantee: clinic, terms }).send();
    await setDelegate(patient, { delegate: accountOf(doctor), categories: ["laboratory"], until: FAR }).send();
    await grant(doctor, { patient: accountOf(patient), grantee: hospital, terms: { ...terms, validUntil } }).send();
    // Granted again, it replaces the first, and is the newest.
    const treatment = { ...terms, purposes: ["TREATDS"] } as const;
    await grant(patient, { grantee: clinic, terms: treatment }).send();
    const listed = await list(doctor, { patient: accountOf(patient) });
    expect(listed.map(({ grantee, actor }) => [grantee, actor])).to.deep.equal([
      [hospital, doctor.account],
      [clinic, patient.account],
    ]);
    const validFrom = await time.latest();
    expect(listed[1]).to.deep.equal({
      patient: patient.account,
      grantee: clinic,
      policy: NO_POLICY,
      terms: { ...treatment, purposes: ["TREATDS"], categories: ["laboratory"], validFrom },
      actor: patient.account,
      status: "live",
    });
  });

  it("tells what is still to begin and what is over, until it is revoked", async () => {
    const { patient, grantees } = await patientAndGrantees();
    const [clinic, hospital] = grantees;
    const now = await time.latest();
    const terms = { purposes: ["TREAT"], categories: ["laboratory"] } as const;
    await grant(patient, { grantee: clinic, terms: { ...terms, validFrom: now + 1000, validUntil: FAR } }).send();
    await grant(patient, { grantee: hospital, terms: { ...terms, validUntil: now + 500 } }).send();
    const statuses = async () => (await list(patient, { patient: accountOf(patient) })).map(({ status }) => status);
    expect(await statuses()).to.deep.equal(["future", "live"]);
    await time.increaseTo(now + 500);
    expect(await statuses()).to.deep.equal(["future", "over"]);
    await time.increaseTo(now + 1000);
    expect(await statuses()).to.deep.equal(["live", "over"]);
    await revoke(patient, { grantee: hospital }).send();
    expect(await statuses()).to.deep.equal(["live"]);
  });

  it("tells nothing of another patient", async () => {
    const { patient, neighbour, grantees } = await patientAndGrantees();
    const terms = { purposes: ["TREAT"], categories: ["laboratory"], validUntil: FAR } as const;
    await grant(patient, { grantee: grantees[0], terms }).send();
    expect(await list(patient, { patient: accountOf(neighbour) })).to.deep.equal([]);
    expect(await at(patient, { patient: accountOf(neighbour), time: await time.latest() })).to.deep.equal([]);
  });
});
