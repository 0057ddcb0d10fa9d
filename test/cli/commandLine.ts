import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { BrowserProvider, HDNodeWallet, Mnemonic, Wallet } from "ethers";

import type { Io } from "../../src/cli/io.js";
import { run } from "../../src/cli/run.js";
import { generateEncryptionKey } from "../../src/crypto/encryptionKey.js";
import { sealKey, type SealedKey } from "../../src/crypto/sealedKey.js";
import { saveTree } from "../../src/medication/excerpt.js";
import { ethers, loadFixture, system } from "../fixtures.js";
import { everybody } from "../insurance/people.js";
import { commissioned, stocked, trade } from "../medication/ledger.js";
import { OPIOIDS, TABLETS } from "../medication/people.js";
import { appointed } from "../research/rewards.js";

/** What the command answered. */
export type Answer = { code: number; out: string; err: string };

/** What differs between two runs. */
export type Surroundings = {
  /** The private key that signs; nobody when not given. */
  as?: string;
  env?: Record<string, string>;
  stdin?: string | Uint8Array;
  ask?: Io["ask"];
  connect?: Io["connect"];
};

const phrase = Mnemonic.fromPhrase("test test test test test test test test test test test junk");

/** The private key of an account of Hardhat's, in the order of the fixture's accounts. */
function keyOf(index: number): string {
  return HDNodeWallet.fromMnemonic(phrase, `m/44'/60'/0'/0/${index}`).privateKey;
}

/** Private keys of the fixture's accounts; `pauper` is a patient's without ether. */
export const KEYS = {
  admin: keyOf(0),
  patient: keyOf(1),
  clinic: keyOf(3),
  nurse: keyOf(4),
  hospital: keyOf(5),
  doctor: keyOf(7),
  colleague: keyOf(8),
  officer: keyOf(9),
  relayer: keyOf(10),
  stranger: keyOf(11),
  regulator: keyOf(12),
  maker: keyOf(13),
  wholesaler: keyOf(15),
  pharmacy: keyOf(16),
  branch: keyOf(17),
  clerk: keyOf(18),
  // As the fixtures of insurance have them.
  insurer: keyOf(12),
  adjuster: keyOf(13),
  arbitrator: keyOf(14),
  fallback: keyOf(15),
  employer: keyOf(16),
  // As the fixtures of research have them.
  sponsor: keyOf(12),
  board: keyOf(13),
  steward: keyOf(14),
  investigator: keyOf(15),
  secondBoard: keyOf(17),
  pauper: `0x${"11".repeat(32)}`,
} as const;

/** The same accounts' addresses. */
export const ADDRESSES = Object.fromEntries(
  Object.entries(KEYS).map(([name, key]) => [name, new Wallet(key).address]),
) as Record<keyof typeof KEYS, `0x${string}`>;

export const PASSPHRASE = "correct horse battery staple";

/** The in-process chain, as a wallet in a browser offers one. */
export const chain = {
  request: ({
    method,
    params = [],
  }: {
    method: string;
    params?: unknown[] | Record<string, unknown>;
  }): Promise<unknown> => ethers.provider.send(method, params as unknown[]),
};

const folders: string[] = [];

after(async () => {
  await Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true })));
});

/** A new folder, removed when the tests are over. */
export async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "aceso-cli-"));
  folders.push(folder);
  return folder;
}

/** The command in a folder of its own, on the in-process chain with a fresh deployment. */
export async function commandLine() {
  return commandLineOn(await loadFixture(system));
}

/** The command where everybody who trades is licensed, and the products of the ledger's fixtures are authorised. */
export async function trading() {
  return commandLineOn(await loadFixture(trade));
}

/**
 * {@link trading} with a batch of 20 tablets and one of opioids in the maker's custody; their serial numbers are `S0` to
 * `S19`, their serial trees `tablets.tree` and `opioids.tree`.
 */
export async function atMaker() {
  return withTrees(await loadFixture(commissioned));
}

/** {@link atMaker}, delivered to the pharmacy. */
export async function atPharmacy() {
  return withTrees(await loadFixture(stocked));
}

/** The command where everybody whom insurance concerns is licensed, a plan published and the patient insured. */
export async function insuring() {
  const people = await everybody();
  return { ...(await commandLineOn(people.house)), people };
}

async function withTrees(house: Awaited<ReturnType<typeof commissioned>>) {
  const cli = await commandLineOn(house);
  await cli.write("tablets.tree", saveTree(house.tree, TABLETS));
  await cli.write("opioids.tree", saveTree(house.opioidTree, OPIOIDS));
  return cli;
}

/** The command in a folder of its own, on a deployment. */
export async function commandLineOn({
  accreditation,
  accessManager,
  consents,
  emergencies,
  records,
  keys,
  products,
  batches,
  prescriptions,
  plans,
  escrow,
  studies,
  distributor,
  rewardToken,
}: Awaited<ReturnType<typeof system>>) {
  const folder = await newFolder();
  const path = (name: string): string => join(folder, name);
  const write = async (name: string, content: unknown): Promise<string> => {
    await writeFile(path(name), typeof content === "string" ? content : JSON.stringify(content));
    return name;
  };
  await write("deployment.json", {
    accreditation: accreditation.target,
    accessManager: accessManager.target,
    consentRegistry: consents.target,
    emergencyAccess: emergencies.target,
    recordRegistry: records.target,
    keyDirectory: keys.target,
    productRegistry: products.target,
    batchLedger: batches.target,
    prescriptionRegistry: prescriptions.target,
    planRegistry: plans.target,
    claimEscrow: escrow.target,
    studyRewards: studies.target,
    rewardDistributor: distributor.target,
    rewardToken: rewardToken.target,
  });
  const runIn = async (line: string | readonly string[], surroundings: Surroundings = {}): Promise<Answer> => {
    const env = { ACESO_DEPLOYMENT: "deployment.json", ...surroundings.env };
    return runWith(typeof line === "string" ? line.split(" ") : line, folder, { ...surroundings, env });
  };
  return {
    folder,
    path,
    write,
    read: (name: string): Promise<string> => readFile(path(name), "utf8"),
    readJson: async <T>(name: string): Promise<T> => JSON.parse(await readFile(path(name), "utf8")) as T,
    run: runIn,
    /** Runs and fails loudly where it should just work. */
    done: async (line: string | readonly string[], surroundings?: Surroundings): Promise<Answer> => {
      const answer = await runIn(line, surroundings);
      if (answer.code !== 0) throw new Error(`${String(line)} ended with ${answer.code}: ${answer.err}`);
      return answer;
    },
    contracts: { accreditation, consents, emergencies, records, keys, products, batches, prescriptions, plans, escrow },
  };
}

export type CommandLine = Awaited<ReturnType<typeof commandLineOn>>;

/** Runs the command in a folder. */
export async function runWith(
  argv: readonly string[],
  cwd: string,
  { as, env, stdin = "", ask, connect }: Surroundings,
): Promise<Answer> {
  const out: string[] = [];
  const err: string[] = [];
  const code = await run(argv, {
    cwd,
    env: { ...(as && { ACESO_PRIVATE_KEY: as }), ...env },
    stdin: (async function* () {
      yield stdin;
    })(),
    stdout: { write: (text) => out.push(text) },
    stderr: { write: (text) => err.push(text) },
    ...(ask && { ask }),
    connect: connect ?? (async () => new BrowserProvider(chain, undefined, { cacheTimeout: -1 })),
  });
  return { code, out: out.join(""), err: err.join("") };
}

/** The error a run with `--json` told on stderr. */
export function errorIn({ err }: Answer): { error: string; message: string; advice: string } {
  return JSON.parse(err) as { error: string; message: string; advice: string };
}

/** What a run with `--json` answered on stdout. */
export function jsonIn<T>({ out }: Answer): T {
  return JSON.parse(out) as T;
}

/** A sealed key in a file, with a passphrase slot that is cheap to open. */
export async function keyFile(cli: CommandLine, name: string): Promise<void> {
  await cli.write(name, await cheapKey());
}

async function cheapKey(): Promise<SealedKey> {
  return sealKey(await generateEncryptionKey(), { kind: "passphrase", passphrase: PASSPHRASE, iterations: 1 });
}

/** Surroundings of an account that needs no key file. */
export function signer(name: keyof typeof KEYS): Surroundings {
  return { as: KEYS[name] };
}

/** Surroundings of an account with its key file and the vault all share. */
export function actor(name: keyof typeof KEYS): Surroundings {
  const env = { ACESO_ENCRYPTION_KEY_FILE: `${name}.key`, ACESO_KEY_PASSPHRASE: PASSPHRASE, ACESO_VAULT: "vault" };
  return { as: KEYS[name], env };
}

const OWNERS = ["hospital", "patient", "clinic", "doctor"] as const;

/** Accounts with published keys; hospital a Provider, doctor and colleague Practitioners, officer a PrivacyOfficer. */
export async function staffed(): Promise<CommandLine> {
  const { world, sealed } = await loadFixture(staffedChain);
  const cli = await commandLineOn(world);
  for (const [name, key] of sealed) await cli.write(`${name}.key`, key);
  return cli;
}

async function staffedChain() {
  const world = await system();
  for (const [account, role] of [
    ["hospital", 1],
    ["doctor", 0],
    ["colleague", 0],
    ["officer", 10],
  ] as const) {
    await world.accreditation.accredit(ADDRESSES[account], role, 4_000_000_000);
  }
  const sealed = new Map<string, SealedKey>();
  for (const name of OWNERS) {
    const key = await cheapKey();
    sealed.set(name, key);
    await world.keys.connect(await ethers.getSigner(ADDRESSES[name])).publish(key.publicKey);
  }
  return { world, sealed };
}

/**
 * The command as {@link staffed} has it, with a sponsor, a board and a steward whose key is published; the pauper's is
 * not. Each time a new deployment: for a fixture to keep.
 */
export async function researching() {
  const { world, sealed } = await staffedChain();
  const house = await appointed(world);
  for (const name of ["steward", "pauper"]) sealed.set(name, await cheapKey());
  await house.keys.connect(house.steward).publish(sealed.get("steward")!.publicKey);
  const cli = await commandLineOn(house);
  for (const [name, key] of sealed) await cli.write(`${name}.key`, key);
  return { ...cli, house };
}

/** A patient's small chart: demographics and a laboratory result. */
export const CHART = {
  resourceType: "Bundle",
  type: "collection",
  entry: [
    { resource: { resourceType: "Patient", id: "p1", name: [{ family: "Doe" }] } },
    {
      resource: {
        resourceType: "Observation",
        id: "o1",
        status: "final",
        category: [
          { coding: [{ system: "http://terminology.hl7.org/CodeSystem/observation-category", code: "laboratory" }] },
        ],
        code: { coding: [{ system: "http://loinc.org", code: "718-7", display: "Hemoglobin" }] },
        subject: { reference: "Patient/p1" },
      },
    },
  ],
};
