import { expect } from "chai";

import { accountOf, connect, type Aceso } from "../../src/aceso.js";
import { MalformedAddressError, type Address } from "../../src/crypto/address.js";
import { TestToken__factory } from "../../src/generated/index.js";
import { AmountTooLargeError, NegativeAmountError } from "../../src/token/amount.js";
import { approve, balanceOf, tokenDecimals } from "../../src/token/token.js";
import { ethers, licensed, loadFixture } from "../fixtures.js";
import { deploymentOf, refusal } from "../sdk.js";

const MAX_UNITS = 2n ** 96n - 1n;

async function connected() {
  const house = await licensed();
  const money = await new TestToken__factory(house.admin).deploy("A dollar", "USDX", 6);
  await money.mint(house.patient, 5n);
  const aceso = await connect(house.patient, { deployment: deploymentOf(house) });
  return { house, money, aceso, token: money.target as Address };
}

describe("approve", () => {
  it("lets a contract take an amount, which replaces the last one", async () => {
    const { house, money, aceso, token } = await loadFixture(connected);
    const spender = house.escrow.target as Address;
    for (const amount of [3n, MAX_UNITS, 0n]) {
      await approve(aceso, { token, spender: spender.toLowerCase() as Address, amount }).send();
      expect(await money.allowance(accountOf(aceso), spender)).to.equal(amount);
    }
  });

  it("refuses an amount the contracts do not hold, and what is no address", async () => {
    const { house, aceso, token } = await loadFixture(connected);
    const spender = house.escrow.target as Address;
    await refusal(() => approve(aceso, { token, spender, amount: -1n }), NegativeAmountError);
    await refusal(() => approve(aceso, { token, spender, amount: MAX_UNITS + 1n }), AmountTooLargeError);
    await refusal(() => approve(aceso, { token: "0x12", spender, amount: 1n }), MalformedAddressError);
    await refusal(() => approve(aceso, { token, spender: "0x12", amount: 1n }), MalformedAddressError);
  });
});

describe("balanceOf", () => {
  it("tells what an account holds, without one of one's own", async () => {
    const { house, aceso, token } = await loadFixture(connected);
    const reading = await connect(ethers.provider, { deployment: deploymentOf(house) });
    expect(await balanceOf(reading, { token, account: accountOf(aceso) })).to.equal(5n);
    expect(await balanceOf(reading, { token, account: house.nurse.address as Address })).to.equal(0n);
    await refusal(balanceOf(reading, { token, account: "nobody" as Address }), MalformedAddressError);
  });
});

describe("tokenDecimals", () => {
  it("tells what the token says, and 0 when it says nothing", async () => {
    const { house, aceso, token } = await loadFixture(connected);
    expect(await tokenDecimals(aceso, token)).to.equal(6);
    expect(await tokenDecimals(aceso, house.rewardToken.target as Address)).to.equal(18);
    // A contract that reverts, and an account without code, which answers nothing.
    expect(await tokenDecimals(aceso, house.records.target as Address)).to.equal(0);
    expect(await tokenDecimals(aceso, house.nurse.address as Address)).to.equal(0);
  });

  it("takes no failure of the endpoint for an answer", async () => {
    const { aceso, token } = await loadFixture(connected);
    const call = () => Promise.reject(new Error("The endpoint is down."));
    const provider = Object.assign(Object.create(aceso.provider) as Aceso["provider"], { call });
    let failure: unknown;
    await tokenDecimals({ ...aceso, provider }, token).catch((error: unknown) => (failure = error));
    expect(String(failure)).to.include("The endpoint is down.");
  });
});
