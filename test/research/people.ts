/**
 * Everybody a study concerns, connected with the SDK: a study approved and paid for, and people without ether to take
 * part in it.
 *
 * @module
 */
import type { Signer } from "ethers";

import { roleNumber } from "../../src/accreditation/role.js";
import { accountOf, connect, encryptionKeyOf, type Aceso } from "../../src/aceso.js";
import { categoriesIn } from "../../src/consent/category.js";
import { grantBySig, signGrant } from "../../src/consent/consent.js";
import { purposeOfBit } from "../../src/consent/purpose.js";
import type { Address } from "../../src/crypto/address.js";
import type { Hex } from "../../src/crypto/bytes.js";
import { generateEncryptionKey } from "../../src/crypto/encryptionKey.js";
import { dateTimeOf } from "../../src/fhir/time.js";
import { TestToken__factory } from "../../src/generated/index.js";
import { newStudySalts, sealStudy } from "../../src/research/announcement.js";
import { contributeRecords } from "../../src/research/contribution.js";
import { enrol, signEnrolment } from "../../src/research/enrolment.js";
import { approve, fund, propose } from "../../src/research/study.js";
import { readStudyFile } from "../../src/research/studyFile.js";
import type { StudyKey } from "../../src/research/studyKey.js";
import { termsIn, type StudyTerms } from "../../src/research/studyTerms.js";
import { approve as approveToken } from "../../src/token/token.js";
import { ethers, FAR, licensed, loadFixture, time } from "../fixtures.js";
import { added, bundleOf, deploymentOf, GLUCOSE, published, testVault, unfunded } from "../sdk.js";
import { changed } from "./studies.js";

export const DAY = 24 * 60 * 60;

/** An amount of the study's token, which has 6 decimals. */
export const usd = (amount: number): bigint => BigInt(Math.round(amount * 1_000_000));

/** What the study pays: two contributions and a part of a third reach the cap. */
export const REWARD = usd(25);
export const MILESTONE = usd(40);
export const CAP = usd(60);
export const CAPACITY = 3n;

/** What must be there before anybody enrols. */
export const PROMISED = CAP * CAPACITY;

/** What the sponsor owns of the study's token. */
const FUNDS = usd(1_000_000);

type Change = [path: string, value: unknown];

type Person = Awaited<ReturnType<typeof ethers.getSigners>>[number];

type Six = [Person, Person, Person, Person, Person, Person];

/** Who brings a study to where people enrol, and what it pays in. */
type Institute = { sponsor: Aceso; steward: Aceso; board: Aceso; token: Address };

async function cohort() {
  const house = await licensed();
  const { accreditation } = house;
  const deployment = deploymentOf(house);
  const [sponsor, board, steward, investigator, associate, secondBoard] = (await ethers.getSigners()).slice(
    12,
    18,
  ) as Six;
  const joined = async (signer: Signer): Promise<Aceso> =>
    connect(signer, { deployment, encryptionKey: await generateEncryptionKey() });
  const organisation = await joined(steward);
  const people = {
    admin: await joined(house.admin),
    sponsor: await joined(sponsor),
    /** The sponsor's staff, who also provides care. */
    associate: await joined(associate),
    board: await joined(board),
    secondBoard: await joined(secondBoard),
    /** The investigators' organisation, which receives the data. */
    steward: organisation,
    /** The steward's staff, who reads with its key. */
    investigator: await connect(investigator, { deployment, encryptionKey: encryptionKeyOf(organisation) }),
    hospital: await joined(house.hospital),
    // Three who take part: none ever held ether.
    ann: await joined(unfunded("Ann")),
    ben: await joined(unfunded("Ben")),
    cleo: await joined(unfunded("Cleo")),
    guardian: await joined(house.guardian),
    relayer: await joined(house.relayer),
    stranger: await joined(house.stranger),
  };
  await accreditation.accredit(accountOf(people.sponsor), roleNumber("Researcher"), FAR);
  for (const each of [people.board, people.secondBoard]) {
    await accreditation.accredit(accountOf(each), roleNumber("EthicsBoard"), FAR);
  }
  await accreditation.accredit(accountOf(people.associate), roleNumber("Provider"), FAR);
  await accreditation.connect(sponsor).setMember(accountOf(people.associate), FAR);
  await accreditation.connect(steward).setMember(accountOf(people.investigator), FAR);
  const { ann, ben, cleo, hospital, associate: staff, relayer } = people;
  for (const reader of [ann, ben, cleo, hospital, staff, people.steward]) await published(reader, relayer);

  const money = await new TestToken__factory(house.admin).deploy("A dollar", "USDX", 6);
  const token = money.target as Address;
  await money.mint(accountOf(people.sponsor), FUNDS);
  const { studies, distributor } = people.sponsor.contracts;
  for (const spender of [studies.target, distributor.target] as Address[]) {
    await approveToken(people.sponsor, { token, spender, amount: FUNDS }).send();
  }
  const study = await opened({ ...people, token });
  return { house, people, token, study };
}

/** Everybody, with the study approved and paid for, and a vault of the test's own. */
export async function everybody() {
  const { house, people, token, study } = await loadFixture(cohort);
  const vault = testVault();
  const withVault = Object.entries<Aceso>(people).map(([name, aceso]) => [name, { ...aceso, vault }]);
  const connected = Object.fromEntries(withVault) as Record<keyof typeof people, Aceso>;
  return { ...connected, house, vault, token, ...study };
}

/** What {@link everybody} gives. */
export type People = Awaited<ReturnType<typeof everybody>>;

/** A study of the sponsor's as its file says, but for these changes, sealed for the board. */
export async function sealed({ sponsor, steward, token }: Omit<Institute, "board">, ...changes: Change[]) {
  const day = async (days: number) => dateTimeOf((await time.latest()) + days * DAY);
  const file = changed(
    ["/steward", accountOf(steward)],
    ["/token", token],
    ["/rewards/cap", "60.00"],
    ["/capacity", Number(CAPACITY)],
    ["/enrolUntil", await day(30)],
    ["/endsAt", await day(90)],
    ["/refundAt", await day(120)],
    ["/resultsDue", await day(365)],
    ...changes,
  );
  const draft = readStudyFile(file);
  const key: StudyKey = { sponsor: accountOf(sponsor), registration: draft.registration };
  const salts = newStudySalts();
  return { draft, key, salts, ...(await sealStudy(draft, key.sponsor, salts)) };
}

/** Proposes a study, or an amendment, and has the board approve it. */
export async function approved(all: Institute, ...changes: Change[]) {
  const study = await sealed(all, ...changes);
  const { result } = await propose(all.sponsor, { study: study.key, terms: study.terms }).send();
  await approve(all.board, { ...result, until: FAR }).send();
  return { ...study, id: result.id, termsHash: result.termsHash };
}

/** As {@link approved}, paid for: people can enrol. */
export async function opened(all: Institute, ...changes: Change[]) {
  const study = await approved(all, ...changes);
  const amount = study.terms.cap * study.terms.capacity;
  await fund(all.sponsor, { id: study.id, amount }).send();
  return study;
}

/** Somebody consents to what a study asks for, by signature. */
export async function consents(
  { relayer, id }: Pick<People, "relayer" | "id">,
  participant: Aceso,
  changes: { validUntil?: number } = {},
): Promise<void> {
  const terms = await termsOf(relayer, id);
  const agreed = {
    purposes: [purposeOfBit(terms.purpose)],
    categories: categoriesIn(terms.categories),
    validUntil: Number(terms.endsAt),
    ...changes,
  };
  await grantBySig(
    relayer,
    await signGrant(participant, { grantee: terms.steward, policy: terms.form, terms: agreed }),
  ).send();
}

/** Somebody consents and enrols; another pays for it. */
export async function enrolled(
  all: Pick<People, "relayer" | "id" | "investigator">,
  ...participants: Aceso[]
): Promise<void> {
  for (const participant of participants) {
    await consents(all, participant);
    const study = { study: all.id, participant: accountOf(participant) };
    await enrol(all.relayer, await signEnrolment(all.investigator, study)).send();
  }
}

/** So many laboratory records of somebody's, each anchored by the hospital; their ids. */
export async function charted({ hospital }: Pick<People, "hospital">, patient: Aceso, count = 1): Promise<Hex[]> {
  const records: Hex[] = [];
  for (let each = 0; each < count; ++each) {
    const [record] = await added(hospital, patient, bundleOf({ ...GLUCOSE, id: `glucose-${each}` }));
    records.push(record!.record);
  }
  return records;
}

/** Somebody enrols, and contributes a laboratory record the hospital anchored; its id. */
export async function contributed(
  all: Pick<People, "relayer" | "id" | "investigator" | "hospital">,
  participant: Aceso,
): Promise<Hex> {
  await enrolled(all, participant);
  const records = await charted(all, participant);
  await contributeRecords(participant, { study: all.id, records, relayer: all.relayer });
  return records[0]!;
}

/** The terms in force of a study. */
export async function termsOf({ contracts }: Aceso, id: Hex): Promise<StudyTerms> {
  return termsIn(await contracts.studies.termsOf(id))!;
}
