import { expect } from "chai";
import {
  type BaseContract,
  concat,
  type ContractTransactionResponse,
  dataLength,
  dataSlice,
  id,
  Signature,
  toBeHex,
  type TypedDataField,
  ZeroHash,
} from "ethers";

import { HostileAccount__factory, SmartAccount__factory } from "../src/generated/index.js";
import { type Deployment, ethers, FAR, licensed, loadFixture, time } from "./fixtures.js";

/**
 * The messages the contracts take, a second time and without their last word, `uint256 deadline`, so that a change of
 * a contract's type string shows.
 */
const MESSAGES = {
  GrantConsent: "address patient,address grantee,bytes32 policy,Terms terms,uint48 revision",
  RevokeConsent: "address patient,address grantee,bytes32 policy,uint48 revision",
  RevokeAllConsents: "address patient,uint24 epoch",
  SetDelegate: "address patient,address delegate,uint40 until,uint48 categories,uint48 revision",
  CountersignEmergency: "address patient,address clinician,uint24 version,bytes32 evidence",
  ContestEmergency: "address patient,address clinician,uint40 openedAt",
  SetEmergencyPreference: "address patient,uint48 categories,uint48 revision",
  AnchorRecord: "bytes32 id,bytes32 digest,bytes32 previous",
  EraseRecords: "address patient,bytes32[] ids",
  PublishKey: "address account,bytes32 key,bytes32 previous,uint256 nonce",
  RoutePrescription: "bytes32 id,address pharmacy,uint24 version",
  TerminatePolicy: "bytes32 policy,uint24 endDay",
  AppealClaim: "bytes32 claim,bytes32 grounds",
  EnrolParticipant: "bytes32 study,address participant,bytes32 form",
  WithdrawParticipant: "bytes32 study,address participant",
};

const TERMS = "uint80 purposes,uint48 categories,uint40 validFrom,uint40 validUntil";

/** The order of secp256k1: `s` and the order minus `s` both verify. */
const CURVE_ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;

type Contract = BaseContract & Pick<Deployment["consents"], "eip712Domain">;

type Signer = Pick<Deployment["patient"], "address" | "signTypedData">;

/** A message's words by name. */
type Words = Record<string, unknown>;

type Options = {
  /** In whose name it is signed, when not the signer's own: the wallet whose owner signs. */
  account?: string;
  deadline?: number;
  /** Replaces parts of the contract's domain. */
  domain?: Words;
  /** Replaces the message's name. */
  name?: string;
};

/** The last two arguments of every BySig function. */
type Authorized = [authorization: { signer: string; deadline: number }, signature: string];

/** Signs a message, for anyone to relay. */
export async function authorize(
  contract: Contract,
  signer: Signer,
  message: keyof typeof MESSAGES,
  words: Words,
  { account = signer.address, deadline = FAR, domain = {}, name = message }: Options = {},
): Promise<Authorized> {
  const own = await contract.eip712Domain();
  const { chainId, verifyingContract } = own;
  const signature = await signer.signTypedData(
    { name: own.name, version: own.version, chainId, verifyingContract, ...domain },
    {
      [name]: [...fields(MESSAGES[message]), { type: "uint256", name: "deadline" }],
      ...("terms" in words && { Terms: fields(TERMS) }),
    },
    { ...words, deadline },
  );
  return [{ signer: account, deadline }, signature];
}

/** A BySig call that lacks only its signature. */
type Unsigned = {
  contract: Contract;
  message: keyof typeof MESSAGES;
  words: Words;
  send: (...authorized: Authorized) => Promise<ContractTransactionResponse>;
  /** Whether the call took effect. */
  isDone: () => Promise<boolean>;
};

/**
 * What holds for every BySig function, whatever it does.
 *
 * @param prepare Brings the house to where the call would succeed, once `account` has signed it.
 */
export function itTakesOnlyTheSignersWord(prepare: (house: Deployment, account: string) => Promise<Unsigned>) {
  async function ready(accountOf = async (_house: Deployment, owner: string) => owner) {
    const house = await loadFixture(licensed);
    const owner = ethers.Wallet.createRandom();
    const account = await accountOf(house, owner.address);
    const call = await prepare(house, account);
    const sign = (options: Options = {}, words = call.words) =>
      authorize(call.contract, owner, call.message, words, { account, ...options });
    const refuses = async ([authorization, signature]: Authorized) => {
      await expect(call.send(authorization, signature))
        .to.be.revertedWithCustomError(call.contract, "SignatureInvalid")
        .withArgs(authorization.signer);
      expect(await call.isDone()).to.be.false;
    };
    return { ...house, ...call, owner, account, sign, refuses };
  }

  it("takes the signature of an account without ether, whoever relays it", async () => {
    const { account, sign, send, isDone } = await ready();
    expect(await isDone()).to.be.false;
    await send(...(await sign()));
    expect(await isDone()).to.be.true;
    expect(await ethers.provider.getBalance(account)).to.equal(0);
  });

  it("takes the word of an ERC-1271 wallet", async () => {
    const { sign, send, isDone } = await ready(smartAccount);
    await send(...(await sign()));
    expect(await isDone()).to.be.true;
  });

  it("takes a message in the second of its deadline", async () => {
    const { sign, send, isDone } = await ready();
    const deadline = (await time.latest()) + 100;
    const authorized = await sign({ deadline });
    await time.setNextBlockTimestamp(deadline);
    await send(...authorized);
    expect(await isDone()).to.be.true;
  });

  it("refuses a message a second after its deadline", async () => {
    const { contract, sign, send } = await ready();
    const deadline = (await time.latest()) + 100;
    const authorized = await sign({ deadline });
    await time.setNextBlockTimestamp(deadline + 1);
    await expect(send(...authorized))
      .to.be.revertedWithCustomError(contract, "SignatureExpired")
      .withArgs(deadline);
  });

  it("refuses a deadline other than the signed one", async () => {
    const { sign, refuses } = await ready();
    const [authorization, signature] = await sign();
    await refuses([{ ...authorization, deadline: FAR + 1 }, signature]);
  });

  it("refuses a signature over any other word", async () => {
    const { words, sign, refuses } = await ready();
    for (const others of alterations(words)) await refuses(await sign({}, others));
  });

  it("refuses the same words signed as another message", async () => {
    const { sign, refuses } = await ready();
    await refuses(await sign({ name: "SomethingElse" }));
  });

  it("refuses a signature for another chain, contract, name or version", async () => {
    const { stranger, sign, refuses } = await ready();
    await refuses(await sign({ domain: { chainId: 1 } }));
    await refuses(await sign({ domain: { verifyingContract: stranger.address } }));
    await refuses(await sign({ domain: { name: "Aceso" } }));
    await refuses(await sign({ domain: { version: "2" } }));
  });

  it("refuses a stranger's signature in the signer's name", async () => {
    const { contract, message, words, account, stranger, refuses } = await ready();
    await refuses(await authorize(contract, stranger, message, words, { account }));
  });

  it("refuses a stranger's signature in the name of a wallet", async () => {
    const { contract, message, words, account, stranger, refuses } = await ready(smartAccount);
    await refuses(await authorize(contract, stranger, message, words, { account }));
  });

  it("refuses the signature of a wallet's former owner", async () => {
    const { admin, stranger, account, owner, sign, refuses } = await ready(smartAccount);
    await admin.sendTransaction({ to: owner, value: ethers.parseEther("1") });
    await SmartAccount__factory.connect(account, owner.connect(ethers.provider)).setOwner(stranger);
    await refuses(await sign());
  });

  it("refuses a malleable or malformed signature", async () => {
    const { sign, refuses } = await ready();
    const [authorization, signature] = await sign();
    for (const malformed of malformations(signature)) await refuses([authorization, malformed]);
  });

  it("refuses a wallet that rejects, garbles its answer, reverts or burns all gas", async () => {
    for (const manner of REFUSED_MANNERS) {
      const { sign, refuses } = await ready((house) => hostileAccount(house, manner));
      await refuses(await sign());
    }
  });
}

/** Deploys an ERC-1271 wallet of an owner. */
async function smartAccount({ admin }: Deployment, owner: string): Promise<string> {
  return (await new SmartAccount__factory(admin).deploy(owner)).getAddress();
}

const REFUSED_MANNERS = [
  "Rejects",
  "AnswersTrue",
  "AnswersShort",
  "AnswersDirty",
  "AnswersNothing",
  "Reverts",
  "BurnsGas",
] as const;

/** In the order of `HostileAccount`. */
const MANNERS = [...REFUSED_MANNERS, "Reenters"] as const;

/** Deploys a wallet that answers in a manner no wallet should. */
export async function hostileAccount({ admin, consents }: Deployment, manner: (typeof MANNERS)[number]) {
  return (await new HostileAccount__factory(admin).deploy(MANNERS.indexOf(manner), consents)).getAddress();
}

/** Every set of words that differs in one. */
function alterations(words: Words): Words[] {
  return Object.entries(words).flatMap(([name, word]) => altered(word).map((other) => ({ ...words, [name]: other })));
}

function altered(word: unknown): unknown[] {
  if (Array.isArray(word)) return [[...word, ZeroHash], word.slice(1)];
  if (typeof word === "string") return [dataSlice(id(word), 0, dataLength(word))];
  if (typeof word === "object") return alterations(word as Words);
  return [BigInt(word as bigint | number) + 1n];
}

/** A 65-byte signature in every form but its own. */
function malformations(signature: string): string[] {
  const { r, s, v, compactSerialized } = Signature.from(signature);
  const highS = toBeHex(CURVE_ORDER - BigInt(s), 32);
  return [
    concat([r, highS, toBeHex(v === 27 ? 28 : 27)]),
    concat([r, s, toBeHex(v - 27, 1)]),
    concat([r, s, toBeHex(v === 27 ? 28 : 27)]),
    compactSerialized,
    dataSlice(signature, 0, 64),
    concat([signature, "0x00"]),
    concat([ZeroHash, ZeroHash, "0x1b"]),
    "0x",
    "0xdeadbeef",
  ];
}

function fields(words: string): TypedDataField[] {
  return words.split(",").map((word) => {
    const [type, name] = word.split(" ");
    return { type: type!, name: name! };
  });
}
