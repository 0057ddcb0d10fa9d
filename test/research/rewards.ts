/**
 * The research contracts with somebody in every role: a study proposed, approved, funded, and people who take part.
 *
 * @module
 */
import { expect } from "chai";
import {
  AbiCoder,
  encodeBytes32String,
  id as digest,
  keccak256,
  toUtf8Bytes,
  zeroPadBytes,
  type Signer,
  type TypedDataField,
} from "ethers";

import { type Role, roleNumber } from "../../src/accreditation/role.js";
import { HostileToken__factory, TestToken__factory } from "../../src/generated/index.js";
import { ENROL, WITHDRAW } from "../../src/research/messages.js";
import type { MessageTypes } from "../../src/signing.js";
import {
  type Deployment,
  ethers,
  FAR,
  LABORATORY,
  licensed,
  loadFixture,
  MEDICATIONS,
  RESEARCH,
  time,
} from "../fixtures.js";
import { MANNERS, type Manner } from "../hostileToken.js";

const coder = AbiCoder.defaultAbiCoder();

const DAY = 24 * 60 * 60;

/** Places of the contracts' enums. */
export const STATUS = { None: 0, Proposed: 1, Approved: 2, Suspended: 3 } as const;
export const PARTICIPATION = { None: 0, Enrolled: 1, Withdrawn: 2 } as const;

/** An amount of the study's token, which has 6 decimals. */
export const usd = (amount: number): bigint => BigInt(Math.round(amount * 1_000_000));

/** What the study pays: three contributions and then some reach the cap. */
export const REWARD = usd(25);
export const MILESTONE = usd(40);
export const CAP = usd(90);
export const CAPACITY = 3;

/** What must be there before anybody enrols. */
export const PROMISED = CAP * BigInt(CAPACITY);

/** Digests of the consent form, of the one after it, and of reasons and results. */
export const FORM = digest("a consent form");
export const NEXT_FORM = digest("another consent form");
export const REASONS = digest("reasons");
export const RESULTS = digest("results");

/** The most a `uint96` holds. */
export const MAX_UINT96 = 2n ** 96n - 1n;

export type StudyKey = { sponsor: string; registration: string };
export type Terms = {
  steward: string;
  purpose: number;
  categories: bigint;
  enrolUntil: number;
  form: string;
  reward: bigint;
  cap: bigint;
  capacity: number;
  endsAt: number;
  token: string;
  milestoneReward: bigint;
  protocol: string;
  milestones: number;
  refundAt: number;
  resultsDue: number;
};
export type Person = Deployment["patient"];

const TERMS =
  "tuple(address steward,uint8 purpose,uint48 categories,uint40 enrolUntil,bytes32 form,uint96 reward,uint96 cap," +
  "uint24 capacity,uint40 endsAt,address token,uint96 milestoneReward,bytes32 protocol,uint8 milestones," +
  "uint40 refundAt,uint40 resultsDue)";

export function studyId({ sponsor, registration }: StudyKey): string {
  return keccak256(coder.encode(["address", "bytes32"], [sponsor, registration]));
}

/** What an approval names. */
export function termsHash(terms: Terms): string {
  return keccak256(coder.encode([TERMS], [terms]));
}

/** The terms in the contract's order, as it answers and emits them. */
export function termsTuple(terms: Terms): (string | bigint)[] {
  const encoded = coder.encode([TERMS], [terms]);
  return [...coder.decode([TERMS], encoded)[0]];
}

/** The field of the terms an error names. */
export const fieldName = (name: string): string => zeroPadBytes(toUtf8Bytes(name), 32);

/** Licenses sponsors, boards and the steward's staff, and gives the sponsors money; nothing is proposed. */
export async function appointed<House extends Deployment>(house: House) {
  const signers = await ethers.getSigners();
  const [sponsor, board, steward, investigator, rival, secondBoard, second, third] = signers.slice(12, 20) as [
    Person,
    Person,
    Person,
    Person,
    Person,
    Person,
    Person,
    Person,
  ];
  const { accreditation, admin, studies } = house;
  await license(house, sponsor, "Researcher");
  await license(house, rival, "Researcher");
  await license(house, board, "EthicsBoard");
  await license(house, secondBoard, "EthicsBoard");
  await accreditation.connect(steward).setMember(investigator, FAR);
  const token = await new TestToken__factory(admin).deploy("A dollar", "USDX", 6);
  for (const account of [sponsor, rival]) {
    await token.mint(account, usd(1_000_000));
    await token.connect(account).approve(studies, usd(1_000_000));
  }
  const key: StudyKey = { sponsor: sponsor.address, registration: encodeBytes32String("NCT01234567") };
  const rivalKey: StudyKey = { ...key, sponsor: rival.address };
  const present = await time.latest();
  const terms: Terms = {
    steward: steward.address,
    purpose: RESEARCH,
    categories: LABORATORY | MEDICATIONS,
    enrolUntil: present + 30 * DAY,
    form: FORM,
    reward: REWARD,
    cap: CAP,
    capacity: CAPACITY,
    endsAt: present + 90 * DAY,
    token: token.target as string,
    milestoneReward: MILESTONE,
    protocol: digest("a protocol"),
    milestones: 3,
    refundAt: present + 120 * DAY,
    resultsDue: present + 365 * DAY,
  };
  return {
    ...house,
    ...{ sponsor, board, steward, investigator, rival, secondBoard, second, third },
    ...{ token, key, rivalKey, study: studyId(key), rivalStudy: studyId(rivalKey), terms },
  };
}

/** {@link appointed} in the system with its usual licences. */
export const institute = async () => appointed(await licensed());

/** A study's money: what was funded and credited, and for which version. */
export async function booksIn({ booksOf }: Deployment["studies"], study: string): Promise<bigint[]> {
  const { funded, credited, version } = await booksOf(study);
  return [funded, credited, version];
}

/** What {@link institute} gives. */
export type Institute = Awaited<ReturnType<typeof institute>>;

export const license = ({ accreditation }: Deployment, account: { address: string }, role: Role) =>
  accreditation.accredit(account.address, roleNumber(role), FAR);

export const unlicense = ({ accreditation }: Deployment, account: { address: string }, role: Role) =>
  accreditation.revoke(account.address, roleNumber(role));

/**
 * {@link institute} with the study proposed. The one snapshot of a test run is the institute's, because going back to an
 * older one drops the younger, and a deployment takes longer than these steps.
 */
export async function proposed() {
  const house = await loadFixture(institute);
  await house.studies.connect(house.sponsor).propose(house.key, house.terms);
  return house;
}

/** {@link proposed}, and approved by the board. */
export async function approved() {
  const house = await proposed();
  await house.studies.connect(house.board).approve(house.study, house.board, termsHash(house.terms), FAR);
  return house;
}

/** {@link approved}, and paid in whole. */
export async function funded() {
  const house = await approved();
  await house.studies.connect(house.sponsor).fund(house.study, PROMISED);
  return house;
}

/** {@link funded}, and the patient consented and enrolled. */
export async function enrolled() {
  const house = await funded();
  await enrol(house, house.patient);
  return house;
}

/** {@link enrolled}, and one of the hospital's records of the patient contributed. */
export async function contributed() {
  const house = await enrolled();
  const result = await contribute(house, house.patient);
  return { ...house, result };
}

/** Brings a study to where people enrol: proposed, approved, funded. */
export async function openStudy(house: Institute, key: StudyKey, changes: Partial<Terms> = {}) {
  const { studies, board, rival, sponsor } = house;
  const own = studies.connect(key.sponsor === rival.address ? rival : sponsor);
  const terms = { ...house.terms, ...changes };
  const study = studyId(key);
  await own.propose(key, terms);
  await studies.connect(board).approve(study, board, termsHash(terms), FAR);
  await own.fund(study, terms.cap * BigInt(terms.capacity));
  return { ...house, key, study, terms };
}

/** The house with a token that moves money as it is told, and what tells it. */
export async function withHostileToken(house: Institute) {
  const { admin, sponsor, rival, terms } = house;
  const hostile = await new HostileToken__factory(admin).deploy();
  const token = TestToken__factory.connect(hostile.target as string, admin) as Institute["token"];
  for (const account of [sponsor, rival]) await token.mint(account, usd(1_000_000));
  const behave = (manner: Manner, refused: { address: string } = house.patient) =>
    hostile.behave(MANNERS.indexOf(manner), refused.address);
  return { ...house, token, hostile, behave, terms: { ...terms, token: token.target as string } };
}

/** Has an amendment approved, with another form; gives the house with its terms. */
export async function amended<House extends Institute>(house: House, changes: Partial<Terms> = {}): Promise<House> {
  const { studies, board, sponsor, study, key } = house;
  const terms = { ...house.terms, form: NEXT_FORM, ...changes };
  await studies.connect(sponsor).propose(key, terms);
  await studies.connect(board).approve(study, board, termsHash(terms), FAR);
  return { ...house, terms };
}

/** What a participant agrees to, but for what a test changes. */
export function consentTerms({ terms }: Pick<Institute, "terms">, changes: object = {}) {
  const purposes = 1n << BigInt(terms.purpose);
  return { purposes, categories: terms.categories, validFrom: 0, validUntil: FAR, ...changes };
}

/** Somebody consents to what the study asks. */
export function consent(house: Institute, person: Person, changes: object = {}) {
  const { consents, terms } = house;
  return consents.connect(person).grant(person, terms.steward, terms.form, consentTerms(house, changes));
}

type Authorized = [authorization: { signer: string; deadline: number }, signature: string];

async function signFor(house: Institute, signer: Signer, types: MessageTypes, message: object): Promise<string> {
  const { name, version, chainId, verifyingContract } = await house.studies.eip712Domain();
  return signer.signTypedData(
    { name, version, chainId, verifyingContract },
    types as Record<string, TypedDataField[]>,
    message as Record<string, unknown>,
  );
}

/** The investigator's word that somebody may take part. */
export async function countersigned(
  house: Institute,
  participant: { address: string },
  { signer = house.investigator, deadline = FAR }: { signer?: Person; deadline?: number } = {},
): Promise<Authorized> {
  const message = { study: house.study, participant: participant.address, form: house.terms.form, deadline };
  return [{ signer: signer.address, deadline }, await signFor(house, signer, ENROL, message)];
}

/** A signed withdrawal. */
export async function withdrawalSigned(
  house: Institute,
  participant: { address: string },
  { signer, deadline = FAR }: { signer: Person; deadline?: number },
): Promise<Authorized> {
  const message = { study: house.study, participant: participant.address, deadline };
  return [{ signer: signer.address, deadline }, await signFor(house, signer, WITHDRAW, message)];
}

/** A relayed enrolment of somebody who consented. */
export async function enrolment(house: Institute, person: Person) {
  return house.studies.connect(house.relayer).enrol(house.study, person, ...(await countersigned(house, person)));
}

/** Somebody consents and enrols. */
export async function enrol(house: Institute, person: Person) {
  await consent(house, person);
  return enrolment(house, person);
}

/** A record's key, id and opening. */
export function recordOf(
  patient: Person,
  author: { address: string },
  { categories = LABORATORY, salt = "salt" } = {},
) {
  const opening = [categories, digest(salt)] as const;
  const commitment = keccak256(coder.encode(["uint48", "bytes32"], opening));
  const key = { patient: patient.address, author: author.address, commitment };
  const id = keccak256(coder.encode(["address", "address", "bytes32"], [key.patient, key.author, key.commitment]));
  return { key, id, categories, opening };
}

export type StudyRecord = ReturnType<typeof recordOf>;

/** Anchors a record of a patient's; the hospital's unless told otherwise. */
export async function anchored(
  { records, hospital }: Institute,
  patient: Person,
  {
    author = hospital,
    role = "Provider",
    ...of
  }: { author?: Person; role?: Role; categories?: bigint; salt?: string } = {},
): Promise<StudyRecord> {
  const record = recordOf(patient, author, of);
  await records.connect(author).anchor(roleNumber(role), record.key, digest("a ciphertext"));
  return record;
}

/** A relayed contribution of a record. */
export function contribution({ studies, relayer, study }: Institute, { key, opening }: StudyRecord) {
  return studies.connect(relayer).contribute(study, key, ...opening);
}

/** Anchors a record of the hospital's and contributes it. */
export async function contribute(house: Institute, patient: Person, of: { categories?: bigint; salt?: string } = {}) {
  const record = await anchored(house, patient, of);
  await contribution(house, record);
  return record;
}

/** Makes a call in a given second. */
export async function inSecond<T>(second: number, call: () => Promise<T>): Promise<T> {
  await time.setNextBlockTimestamp(second);
  return call();
}

/** Expects that a call is refused with a named error and these arguments. */
export async function refuses({ studies }: Institute, call: Promise<unknown>, name: string, ...values: unknown[]) {
  await expect(call)
    .to.be.revertedWithCustomError(studies, name)
    .withArgs(...values);
}

/**
 * Expects that the contract holds what its studies were paid less what they paid out, and that each has what it still owes
 * and all its seats can earn.
 */
export async function expectBalanced(house: Institute, people: readonly Person[], keys = [house.key]) {
  const { studies, token } = house;
  let held = 0n;
  for (const key of keys) {
    const study = studyId(key);
    const { funded, credited } = await studies.booksOf(study);
    const standing = await Promise.all(people.map((person) => studies.participantOf(study, person)));
    const [earned, paid] = [standing.map((each) => each.earned), standing.map((each) => each.paid)].map((amounts) =>
      amounts.reduce((sum, amount) => sum + amount, 0n),
    ) as [bigint, bigint];
    expect(credited).to.equal(earned);
    expect(funded).to.be.at.least(credited);
    held += funded - paid;
  }
  expect(await token.balanceOf(studies)).to.equal(held);
}
