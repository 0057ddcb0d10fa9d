import { expect } from "chai";
import { id } from "ethers";

import { accountOf, NoSignerError, signerOf, type Aceso } from "../src/aceso.js";
import { UNRESTRICTED } from "../src/consent/category.js";
import {
  grantBySig,
  permits,
  revokeAllBySig,
  revokeBySig,
  signGrant,
  signRevoke,
  signRevokeAll,
} from "../src/consent/consent.js";
import { mayDecide, setDelegateBySig, signSetDelegate } from "../src/consent/delegate.js";
import type { Hex } from "../src/crypto/bytes.js";
import { contestBySig, isOpen, open, signContest } from "../src/emergency/emergency.js";
import { coveredCategories, setPreferenceBySig, signSetPreference } from "../src/emergency/preference.js";
import { publishBySig, signPublish } from "../src/keys/keys.js";
import type { Prepared } from "../src/prepare.js";
import { eraseBySig, signErase } from "../src/records/erase.js";
import { anchorBySig, signAdd } from "../src/records/selfAuthored.js";
import { fields, now, SignedForElsewhereError, type Signed } from "../src/signing.js";
import { FAR, time } from "./fixtures.js";
import { added, bundleOf, consented, GLUCOSE, refusal, revert, stage, type Stage } from "./sdk.js";

/** A message a patient signs, and what it does once somebody relays it. */
type Case = {
  /** Brings the stage to where the message can be signed. */
  begin?: (all: Stage) => Promise<unknown>;
  sign: (all: Stage, patient: Aceso, deadline?: number) => Promise<Signed<object>>;
  relay: (aceso: Aceso, signed: never) => Prepared;
  isDone: (all: Stage, signed: Signed<object>) => Promise<boolean>;
  /** The contract's error when the same message is relayed again, unless that changes nothing. */
  again?: string;
  /** A word of the message, changed on the way, where another check does not come first. */
  changed?: object;
};

const TERMS = { purposes: ["TREAT"], categories: ["laboratory"], validUntil: FAR } as const;
const NEW_KEY = id("a new key") as Hex;

/** The options of a signing function, with the deadline when there is one. */
function until<T extends object>(options: T, deadline: number | undefined): T & { deadline?: number } {
  return { ...options, ...(deadline !== undefined && { deadline }) };
}

async function isPermitted({ patient, clinic }: Stage): Promise<boolean> {
  const key = { patient: accountOf(patient), grantee: accountOf(clinic) };
  return permits(clinic, { ...key, purpose: "TREAT", categories: ["laboratory"] });
}

/** The time the doctor opened the patient's records at. */
async function openedAt({ patient, doctor, house }: Stage): Promise<number> {
  return Number((await house.emergencies.emergencyOf(accountOf(patient), accountOf(doctor))).openedAt);
}

const CASES: Readonly<Record<string, Case>> = {
  GrantConsent: {
    sign: ({ clinic }, patient, deadline) =>
      signGrant(patient, until({ grantee: accountOf(clinic), terms: TERMS }, deadline)),
    relay: grantBySig,
    isDone: isPermitted,
    again: "ConsentStale",
    changed: { policy: id("another policy") },
  },
  RevokeConsent: {
    begin: ({ patient, relayer, clinic }) => consented(patient, relayer, { grantee: clinic }),
    sign: ({ clinic }, patient, deadline) => signRevoke(patient, until({ grantee: accountOf(clinic) }, deadline)),
    relay: revokeBySig,
    isDone: async (all) => !(await isPermitted(all)),
    again: "ConsentStale",
    changed: { policy: id("another policy"), revision: "0" },
  },
  RevokeAllConsents: {
    begin: ({ patient, relayer, clinic }) => consented(patient, relayer, { grantee: clinic }),
    sign: (_, patient, deadline) => signRevokeAll(patient, until({}, deadline)),
    relay: revokeAllBySig,
    isDone: async (all) => !(await isPermitted(all)),
    again: "ConsentStale",
  },
  SetDelegate: {
    sign: ({ guardian }, patient, deadline) =>
      signSetDelegate(
        patient,
        until({ delegate: accountOf(guardian), categories: UNRESTRICTED, until: FAR }, deadline),
      ),
    relay: setDelegateBySig,
    isDone: ({ patient, guardian }) =>
      mayDecide(patient, { patient: accountOf(patient), actor: accountOf(guardian), categories: ["laboratory"] }),
    again: "ConsentStale",
    changed: { until: FAR + 1 },
  },
  SetEmergencyPreference: {
    sign: (_, patient, deadline) => signSetPreference(patient, until({ categories: [] }, deadline)),
    relay: setPreferenceBySig,
    isDone: async ({ patient }) => (await coveredCategories(patient, { patient: accountOf(patient) })).length === 0,
    again: "EmergencyPreferenceStale",
    changed: { categories: 1 },
  },
  ContestEmergency: {
    begin: ({ patient, doctor }) => open(doctor, { patient: accountOf(patient), evidence: NEW_KEY }).send(),
    sign: async (all, patient, deadline) => {
      const key = { patient: accountOf(all.patient), clinician: accountOf(all.doctor), openedAt: await openedAt(all) };
      return signContest(patient, until(key, deadline));
    },
    relay: contestBySig,
    isDone: async ({ patient, doctor }) =>
      !(await isOpen(doctor, {
        patient: accountOf(patient),
        clinician: accountOf(doctor),
        categories: ["laboratory"],
      })),
    again: "EmergencyContestedAlready",
    changed: { openedAt: 1 },
  },
  PublishKey: {
    sign: (_, patient, deadline) => signPublish(patient, until({ key: NEW_KEY }, deadline)),
    relay: publishBySig,
    isDone: async ({ patient, house }) => (await house.keys.keyOf(accountOf(patient))) === NEW_KEY,
    again: "KeyStale",
    changed: { key: id("another key") },
  },
  AnchorRecord: {
    sign: async (_, patient, deadline) => (await signAdd(patient, until({ bundle: bundleOf(GLUCOSE) }, deadline)))[0]!,
    relay: anchorBySig,
    isDone: async ({ house }, { message }) => {
      const { id: record, digest } = message as { id: Hex; digest: Hex };
      return (await house.records.digestOf(record)) === digest;
    },
    again: "RecordExists",
    changed: { digest: id("another digest") },
  },
  EraseRecords: {
    begin: ({ patient, hospital }) => added(hospital, patient, bundleOf(GLUCOSE)),
    sign: async ({ house }, patient, deadline) => {
      const [anchored] = await house.records.queryFilter(house.records.filters.RecordAnchored());
      return signErase(patient, until({ records: [anchored!.args.id as Hex] }, deadline));
    },
    relay: eraseBySig,
    isDone: async ({ house }, { message }) => house.records.isErased((message as { ids: Hex[] }).ids[0]!),
  },
};

/** The stage where a message can be signed, and the message signed. */
async function signedMessage({ begin, sign, relay, isDone }: Case) {
  const all = await stage();
  await begin?.(all);
  const signed = await sign(all, all.patient);
  return {
    ...all,
    signed,
    relayed: (message: Signed<object>, relayer: Aceso = all.relayer) => relay(relayer, message as never),
    done: () => isDone(all, signed),
  };
}

for (const [type, each] of Object.entries(CASES)) {
  describe(`a signed ${type}`, () => {
    it("is done for a patient without ether, whoever relays it, through JSON", async () => {
      const { patient, stranger, signed, relayed, done } = await signedMessage(each);
      expect(await done()).to.be.false;
      await relayed(JSON.parse(JSON.stringify(signed)) as typeof signed, stranger).send();
      expect(await done()).to.be.true;
      const account = accountOf(patient);
      expect(await patient.provider.getBalance(account)).to.equal(0n);
      expect(await patient.provider.getTransactionCount(account)).to.equal(0);
    });

    it("says what, where, who and until when", async () => {
      const { patient, signed } = await signedMessage(each);
      const address = { type, chainId: "31337", signer: patient.account };
      expect(signed).to.deep.include({ ...address, deadline: (await now(patient)) + 3600 });
      expect(signed.signature).to.match(/^0x[0-9a-f]{130}$/);
      expect(Object.values(patient.deployment)).to.include(signed.contract);
    });

    it("is not relayed elsewhere than it was signed for", async () => {
      const { stranger, signed, relayed } = await signedMessage(each);
      for (const [elsewhere, word] of [
        [{ type: "Permit" }, "message type"],
        [{ chainId: "1" }, "chain"],
        [{ contract: accountOf(stranger) }, "contract"],
      ] as const) {
        const error = await refusal(() => relayed({ ...signed, ...elsewhere }), SignedForElsewhereError);
        expect(error.message).to.contain(`another ${word}`);
      }
    });

    const { again } = each;
    if (again !== undefined) {
      it(`counts once: ${again}`, async () => {
        const { signed, relayed } = await signedMessage(each);
        await relayed(signed).send();
        await revert(relayed(signed).send(), again);
      });
    }

    it("counts until its deadline, and not after: SignatureExpired", async () => {
      const { relayed, ...all } = await signedMessage(each);
      const deadline = (await time.latest()) + 1000;
      const signed = await each.sign(all, all.patient, deadline);
      expect(signed.deadline).to.equal(deadline);
      await time.increaseTo(deadline);
      await relayed(signed).simulate();
      await time.increaseTo(deadline + 1);
      const args = await revert(relayed(signed).send(), "SignatureExpired");
      expect(args).to.deep.equal({ deadline: BigInt(deadline) });
    });

    it("is refused when somebody else signed it, it was changed, or its signature is none: SignatureInvalid", async () => {
      const { signed, relayed, done, ...all } = await signedMessage(each);
      const { patient, neighbour } = all;
      const forgeries = [
        await each.sign(all, { ...patient, signer: signerOf(neighbour) }),
        { ...signed, deadline: signed.deadline + 1 },
        ...(each.changed ? [{ ...signed, message: { ...signed.message, ...each.changed } }] : []),
        ...["0x", "0x1234", `0x${"00".repeat(65)}`, `${signed.signature}00`].map((signature) => ({
          ...signed,
          signature: signature as Hex,
        })),
      ];
      for (const forged of forgeries) {
        expect(forged.signer).to.equal(patient.account);
        expect(await revert(relayed(forged).send(), "SignatureInvalid")).to.deep.equal({ signer: patient.account });
      }
      expect(await done()).to.be.false;
    });

    it("needs an account to sign", async () => {
      const all = await signedMessage(each);
      const { signer: _signer, account: _account, ...reader } = all.patient;
      await refusal(each.sign(all, reader), NoSignerError);
    });
  });
}

describe("fields", () => {
  it("are EIP-712 fields from a readable list", () => {
    expect(fields("address patient", "bytes32[] ids")).to.deep.equal([
      { name: "patient", type: "address" },
      { name: "ids", type: "bytes32[]" },
    ]);
  });
});

describe("now", () => {
  it("is the chain's clock", async () => {
    const { patient } = await stage();
    expect(await now(patient)).to.equal(await time.latest());
    await time.increase(1000);
    expect(await now(patient)).to.equal(await time.latest());
  });
});
