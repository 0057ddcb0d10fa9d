import { expect } from "chai";
import { id, Signature, toBeHex, TypedDataEncoder, verifyTypedData, ZeroAddress } from "ethers";

import { AccessManager__factory, RewardToken__factory } from "../../src/generated/index.js";
import { ADMIN_DELAY, ethers, FAR, loadFixture, system, time } from "../fixtures.js";
import { MIN_CLAIM_WINDOW } from "./rounds.js";

const CAP = 1_000n;

/** The order of secp256k1: `s` and the order minus `s` both verify. */
const CURVE_ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;

/** Written a second time, so that a change of the token's type string shows. */
const PERMIT = {
  Permit: [
    { name: "owner", type: "address" },
    { name: "spender", type: "address" },
    { name: "value", type: "uint256" },
    { name: "nonce", type: "uint256" },
    { name: "deadline", type: "uint256" },
  ],
};

/** {@link system} with a token whose admin need not wait, and an owner without ether who has some of it. */
async function minted() {
  const house = await system();
  const { admin } = house;
  const manager = await new AccessManager__factory(admin).deploy(admin);
  const token = await new RewardToken__factory(admin).deploy(manager, CAP);
  const owner = ethers.Wallet.createRandom();
  await token.mint(owner, 100n);
  const domain = {
    name: "Aceso Reward",
    version: "1",
    chainId: (await ethers.provider.getNetwork()).chainId,
    verifyingContract: token.target as string,
  };
  return { ...house, manager, token, owner, domain };
}

type House = Awaited<ReturnType<typeof minted>>;

/** A permit of 60 tokens to the distributor, but for what a test changes of its words or its domain. */
async function permit(
  { owner, distributor, domain }: House,
  words: Partial<Record<"owner" | "spender", string> & Record<"value" | "nonce" | "deadline", bigint | number>> = {},
  signer: Pick<House["admin"], "signTypedData"> = owner,
  differing: Partial<House["domain"]> = {},
) {
  const signed = {
    ...{ owner: owner.address, spender: distributor.target as string, value: 60n, nonce: 0n, deadline: FAR },
    ...words,
  };
  const signature = await signer.signTypedData({ ...domain, ...differing }, PERMIT, signed);
  const { v, r, s } = Signature.from(signature);
  return { signed, signature, v, r, s };
}

/** Hands a permit in, as the relayer, who says it is one of 60 tokens by the owner to the distributor. */
function relayed(
  { token, relayer, owner, distributor }: House,
  { v, r, s, signed: { deadline } }: Awaited<ReturnType<typeof permit>>,
  value = 60n,
) {
  return token.connect(relayer).permit(owner, distributor, value, deadline, v, r, s);
}

describe("RewardToken", () => {
  it("is a token of 18 decimals, a billion at most, of which nobody has any yet", async () => {
    const { rewardToken: token, accessManager } = await loadFixture(system);
    expect([await token.name(), await token.symbol()]).to.deep.equal(["Aceso Reward", "ACESO"]);
    expect([await token.decimals(), await token.cap()]).to.deep.equal([18n, 10n ** 27n]);
    expect(await token.totalSupply()).to.equal(0);
    expect(await token.authority()).to.equal(accessManager.target);
  });

  it("refuses a cap of nothing", async () => {
    const { accessManager, admin, rewardToken } = await loadFixture(system);
    await expect(new RewardToken__factory(admin).deploy(accessManager, 0n))
      .to.be.revertedWithCustomError(rewardToken, "ERC20InvalidCap")
      .withArgs(0n);
  });

  describe("mint", () => {
    it("is the admin's, once it was scheduled and the delay has passed, and once", async () => {
      const { rewardToken: token, accessManager, admin, patient } = await loadFixture(system);
      const call = token.interface.encodeFunctionData("mint", [patient.address, 5n]);
      const operation = await accessManager.hashOperation(admin, token, call);
      const unscheduled = () =>
        expect(token.connect(admin).mint(patient, 5n))
          .to.be.revertedWithCustomError(accessManager, "AccessManagerNotScheduled")
          .withArgs(operation);
      await unscheduled();
      await accessManager.schedule(token, call, 0);
      await expect(token.connect(admin).mint(patient, 5n))
        .to.be.revertedWithCustomError(accessManager, "AccessManagerNotReady")
        .withArgs(operation);
      await time.increase(ADMIN_DELAY);
      await expect(token.connect(admin).mint(patient, 5n))
        .to.emit(token, "Transfer")
        .withArgs(ZeroAddress, patient.address, 5n);
      await unscheduled();
      expect([await token.balanceOf(patient), await token.totalSupply()]).to.deep.equal([5n, 5n]);
    });

    it("is refused to everybody else, whatever they own", async () => {
      const { token, patient, hospital, stranger } = await loadFixture(minted);
      await token.mint(hospital, 1n);
      for (const caller of [patient, hospital, stranger]) {
        await expect(token.connect(caller).mint(caller, 1n))
          .to.be.revertedWithCustomError(token, "AccessManagedUnauthorized")
          .withArgs(caller.address);
      }
    });

    it("stops at the cap, to the unit", async () => {
      const { token, patient } = await loadFixture(minted);
      await expect(token.mint(patient, CAP - 99n))
        .to.be.revertedWithCustomError(token, "ERC20ExceededCap")
        .withArgs(CAP + 1n, CAP);
      await token.mint(patient, CAP - 100n);
      expect(await token.totalSupply()).to.equal(CAP);
      await expect(token.mint(patient, 1n))
        .to.be.revertedWithCustomError(token, "ERC20ExceededCap")
        .withArgs(CAP + 1n, CAP);
      await token.connect(patient).transfer(token, CAP - 100n);
      expect(await token.balanceOf(token)).to.equal(CAP - 100n);
    });

    it("mints to nobody's account none", async () => {
      const { token } = await loadFixture(minted);
      await expect(token.mint(ZeroAddress, 1n))
        .to.be.revertedWithCustomError(token, "ERC20InvalidReceiver")
        .withArgs(ZeroAddress);
    });
  });

  describe("permit", () => {
    it("approves by the signature of an owner without ether, once", async () => {
      const house = await loadFixture(minted);
      const { token, owner, distributor, domain } = house;
      expect(await token.DOMAIN_SEPARATOR()).to.equal(TypedDataEncoder.hashDomain(domain));
      const signed = await permit(house);
      await expect(relayed(house, signed)).to.emit(token, "Approval").withArgs(owner.address, distributor.target, 60n);
      expect(await token.allowance(owner, distributor)).to.equal(60n);
      expect(await token.nonces(owner)).to.equal(1n);
      expect(await ethers.provider.getBalance(owner)).to.equal(0);
      // What the same signature says over the next nonce, which is nobody's.
      const nobody = verifyTypedData(domain, PERMIT, { ...signed.signed, nonce: 1n }, signed.signature);
      await expect(relayed(house, signed))
        .to.be.revertedWithCustomError(token, "ERC2612InvalidSigner")
        .withArgs(nobody, owner.address);
      expect(await token.nonces(owner)).to.equal(1n);
    });

    it("is taken in the second of its deadline, and not one later", async () => {
      const house = await loadFixture(minted);
      const { token, owner, distributor } = house;
      const deadline = (await time.latest()) + 100;
      const signed = await permit(house, { deadline });
      await time.setNextBlockTimestamp(deadline);
      await relayed(house, signed);
      const late = await permit(house, { deadline, nonce: 1n, value: 70n });
      await expect(relayed(house, late, 70n))
        .to.be.revertedWithCustomError(token, "ERC2612ExpiredSignature")
        .withArgs(deadline);
      expect(await token.allowance(owner, distributor)).to.equal(60n);
    });

    it("is refused when any word, the domain or the signer differs", async () => {
      const house = await loadFixture(minted);
      const { token, owner, distributor, rewardToken, stranger } = house;
      const others = [
        await permit(house, { owner: stranger.address }),
        await permit(house, { spender: stranger.address }),
        await permit(house, { value: 61n }),
        await permit(house, { nonce: 1n }),
        await permit(house, {}, stranger),
        await permit(house, {}, owner, { chainId: 1n }),
        await permit(house, {}, owner, { verifyingContract: rewardToken.target as string }),
        await permit(house, {}, owner, { name: "Aceso" }),
        await permit(house, {}, owner, { version: "2" }),
      ];
      const { v, r, s } = await permit(house, { deadline: FAR - 1 });
      for (const other of [...others, { ...others[0]!, v, r, s }]) {
        await expect(relayed(house, other)).to.be.revertedWithCustomError(token, "ERC2612InvalidSigner");
      }
      expect(await token.allowance(owner, distributor)).to.equal(0);
      expect(await token.nonces(owner)).to.equal(0);
    });

    it("is refused in its malleable form, and with a signature that is none", async () => {
      const house = await loadFixture(minted);
      const { token } = house;
      const signed = await permit(house);
      const high = toBeHex(CURVE_ORDER - BigInt(signed.s), 32);
      const mirrored = { ...signed, s: high, v: signed.v === 27 ? (28 as const) : (27 as const) };
      await expect(relayed(house, mirrored))
        .to.be.revertedWithCustomError(token, "ECDSAInvalidSignatureS")
        .withArgs(high);
      await expect(relayed(house, { ...signed, v: 29 as 27 })).to.be.revertedWithCustomError(
        token,
        "ECDSAInvalidSignature",
      );
    });

    it("spends one nonce: of two signed over it, the first handed in counts", async () => {
      const house = await loadFixture(minted);
      const { token, owner, distributor } = house;
      const [first, second] = [await permit(house), await permit(house, { value: 0n })];
      await relayed(house, second, 0n);
      await expect(relayed(house, first)).to.be.revertedWithCustomError(token, "ERC2612InvalidSigner");
      expect(await token.allowance(owner, distributor)).to.equal(0);
    });

    it("lets its owner publish a round without a transaction to approve it, whoever handed it in", async () => {
      const house = await loadFixture(minted);
      const { token, distributor, admin, owner } = house;
      await relayed(house, await permit(house));
      await admin.sendTransaction({ to: owner, value: ethers.parseEther("1") });
      const publisher = owner.connect(ethers.provider);
      const expiry = (await time.latest()) + 2 * MIN_CLAIM_WINDOW;
      await distributor.connect(publisher).publish(token, id("a root"), 60n, expiry);
      expect(await token.balanceOf(distributor)).to.equal(60n);
      expect(await token.allowance(owner, distributor)).to.equal(0);
    });
  });
});
