import { expect } from "chai";
import { ZeroAddress } from "ethers";

import { accountOf, connect } from "../../src/aceso.js";
import { MalformedAddressError, type Address } from "../../src/crypto/address.js";
import { parseDeployment } from "../../src/deployment.js";
import { AccessManager__factory, RewardToken__factory } from "../../src/generated/index.js";
import { AmountTooLargeError, NegativeAmountError } from "../../src/token/amount.js";
import { mint, mintTime, scheduleMint } from "../../src/token/mint.js";
import { balanceOf } from "../../src/token/token.js";
import { ADMIN_DELAY, licensed, loadFixture, time } from "../fixtures.js";
import { deploymentOf, refusal, revert } from "../sdk.js";

const CAP = 1_000n;

/** How long a scheduled action may wait before it is void, as AccessManager has it. */
const VOID_AFTER = 7 * 24 * 60 * 60;

async function delayed() {
  const house = await licensed();
  const deployment = deploymentOf(house);
  const admin = await connect(house.admin, { deployment });
  const stranger = await connect(house.stranger, { deployment });
  const minting = { to: house.nurse.address as Address, amount: 7n };
  return { house, deployment, admin, stranger, minting, token: deployment.rewardToken };
}

/** The same, with a capped token whose admin need not wait. */
async function immediate() {
  const { house, deployment, minting } = await delayed();
  const manager = await new AccessManager__factory(house.admin).deploy(house.admin);
  const token = await new RewardToken__factory(house.admin).deploy(manager, CAP);
  const other = parseDeployment({ ...deployment, accessManager: manager.target, rewardToken: token.target });
  const admin = await connect(house.admin, { deployment: other });
  const stranger = await connect(house.stranger, { deployment: other });
  return { admin, stranger, minting, token: token.target as Address };
}

describe("mint", () => {
  it("mints at once for an admin without a delay, up to the cap", async () => {
    const { admin, stranger, minting, token } = await loadFixture(immediate);
    expect(await mintTime(admin, minting)).to.equal(0);
    await mint(admin, minting).send();
    expect(await balanceOf(stranger, { token, account: minting.to })).to.equal(7n);
    await mint(admin, { ...minting, amount: CAP - 7n }).send();
    const exceeded = await revert(mint(admin, { ...minting, amount: 1n }).send(), "ERC20ExceededCap");
    expect(exceeded).to.deep.equal({ increasedSupply: CAP + 1n, cap: CAP });
  });

  it("is the admin's alone, to somebody", async () => {
    const { admin, stranger, minting } = await loadFixture(immediate);
    const refused = await revert(mint(stranger, minting).send(), "AccessManagedUnauthorized");
    expect(refused).to.deep.equal({ caller: accountOf(stranger) });
    await revert(mint(admin, { ...minting, to: ZeroAddress as Address }).send(), "ERC20InvalidReceiver");
  });

  it("refuses an amount no contract takes, and what is no address", async () => {
    const { admin, minting } = await loadFixture(immediate);
    for (const prepared of [mint, scheduleMint]) {
      await refusal(() => prepared(admin, { ...minting, amount: -1n }), NegativeAmountError);
      await refusal(() => prepared(admin, { ...minting, amount: 2n ** 96n }), AmountTooLargeError);
      await refusal(() => prepared(admin, { ...minting, to: "0x12" }), MalformedAddressError);
    }
  });
});

describe("scheduleMint", () => {
  it("starts the admin's delay, after which exactly that is minted, once", async () => {
    const { admin, stranger, minting, token } = await loadFixture(delayed);
    expect(await mintTime(admin, minting)).to.be.undefined;
    await revert(mint(admin, minting).send(), "AccessManagerNotScheduled");
    await scheduleMint(admin, minting).send();
    const ready = (await time.latest()) + ADMIN_DELAY;
    expect(await mintTime(admin, minting)).to.equal(ready);
    await revert(scheduleMint(admin, minting).send(), "AccessManagerAlreadyScheduled");
    await revert(mint(admin, minting).send(), "AccessManagerNotReady");
    await time.increaseTo(ready);
    await revert(mint(admin, { ...minting, amount: 8n }).send(), "AccessManagerNotScheduled");
    await mint(admin, minting).send();
    expect(await balanceOf(stranger, { token, account: minting.to })).to.equal(7n);
    expect(await mintTime(admin, minting)).to.be.undefined;
    await revert(mint(admin, minting).send(), "AccessManagerNotScheduled");
  });

  it("is void a week after it was ready", async () => {
    const { admin, minting } = await loadFixture(delayed);
    await scheduleMint(admin, minting).send();
    await time.increase(ADMIN_DELAY + VOID_AFTER);
    expect(await mintTime(admin, minting)).to.be.undefined;
    await revert(mint(admin, minting).send(), "AccessManagerExpired");
  });

  it("is the admin's alone", async () => {
    const { stranger, minting } = await loadFixture(delayed);
    await revert(scheduleMint(stranger, minting).send(), "AccessManagerUnauthorizedCall");
    expect(await mintTime(stranger, minting)).to.be.undefined;
  });
});
