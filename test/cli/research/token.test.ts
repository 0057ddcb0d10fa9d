import { expect } from "chai";

import { ADMIN_DELAY, time } from "../../fixtures.js";
import { ADDRESSES, errorIn, jsonIn, signer, type Answer } from "../commandLine.js";
import { expectRefused, paying, type Paying } from "./payouts.js";

const { patient, hospital } = ADDRESSES;

describe("aceso token", () => {
  let house: Paying;

  beforeEach(async () => {
    house = await paying();
  });

  describe("mint", () => {
    const mint = (options = "", who: Parameters<typeof signer>[0] = "admin"): Promise<Answer> =>
      house.cli.run(`token mint --to ${patient} --amount 12.5 ${options}`.trim(), signer(who));

    it("schedules under the admin's delay, says from when on it mints, and mints then", async () => {
      const scheduled = await mint();
      const from = (await time.latest()) + ADMIN_DELAY;
      expect(scheduled.code).to.equal(0);
      const when = new Date(from * 1000).toISOString().slice(0, 16).replace("T", " ");
      expect(scheduled.out).to.contain("Scheduled the minting of 12.50").and.to.contain(when);

      const early = await mint("--json");
      expectRefused(early, "MintTooEarlyError", 1);
      expect(errorIn(early).message).to.contain(when);

      await time.increaseTo(from);
      expect(jsonIn<object>(await mint("--json"))).to.include({ minted: true, amount: "12.50", to: patient });
      expect((await house.cli.done(`token balance ${patient}`)).out).to.contain(`${patient} holds 12.50 of`);
      expect(jsonIn<object>(await mint("--json"))).to.include({ minted: false });
    });

    it("tells a program from when on it mints", async () => {
      const told = jsonIn<object>(await mint("--json"));
      expect(told).to.include({ minted: false, mintableFrom: (await time.latest()) + ADMIN_DELAY });
    });

    it("schedules nothing with --dry-run", async () => {
      expect(jsonIn<object>(await mint("--dry-run --json"))).to.have.property("gas");
      expect((await mint()).out).to.contain("Scheduled");
    });

    it("is the admin's alone", async () => {
      const refused = await mint("--json", "stranger");
      expect(refused.code).to.equal(1);
      expect(errorIn(refused).error).to.match(/^AccessManage/);
    });

    for (const [line, error] of [
      [`--to ${patient} --amount many`, "NotADecimalError"],
      [`--to ${patient} --amount=-1`, "NegativeAmountError"],
      ["--to 0x12 --amount 1", "AddressArgumentError"],
      [`--to ${patient}`, "UsageError"],
    ] as const) {
      it(`refuses \`${line.replace(patient, "0x…")}\` as ${error}`, async () => {
        expectRefused(await house.cli.run(`token mint ${line} --json`, signer("admin")), error, 2);
      });
    }
  });

  describe("balance", () => {
    it("is the configured account's unless another is named, of the reward token or any", async () => {
      const { cli, token } = house;
      const line = `token balance --token ${token.target}`;
      expect(jsonIn<object>(await cli.done(`${line} --json`, signer("hospital")))).to.deep.equal({
        ...{ account: hospital, token: token.target, balance: "1000.00", decimals: 6 },
      });
      expect((await cli.done(`${line} ${patient}`)).out).to.contain("holds 0.00 of");
      const { rewardToken } = await cli.readJson<{ rewardToken: string }>("deployment.json");
      expect(jsonIn<object>(await cli.done(`token balance ${hospital} --json`))).to.include({
        ...{ token: rewardToken, balance: "0.00", decimals: 18 },
      });
      expectRefused(await cli.run("token balance --json"), "NoAccountError", 4);
      expectRefused(await cli.run(`token balance ${hospital} --token ${patient} --json`), "NoTokenError", 2);
    });
  });
});
