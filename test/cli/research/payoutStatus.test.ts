import { expect } from "chai";

import { time } from "../../fixtures.js";
import { MIN_CLAIM_WINDOW } from "../../research/rounds.js";
import { ADDRESSES, jsonIn, signer, type Answer } from "../commandLine.js";
import { built, cohortOf, expectRefused, FUNDS, paying, publishedBy, type Paying } from "./payouts.js";

const { hospital, nurse, patient } = ADDRESSES;

describe("payouts that stand", () => {
  let house: Paying;
  let file: string;
  let expiry: number;

  beforeEach(async () => {
    house = await paying();
    ({ file, expiry } = await publishedBy(house, "may", cohortOf([nurse, patient], 1)));
    await house.cli.done(`payout claim ${file}`, signer("nurse"));
  });

  type Standings = { rounds: object[] };
  const standing = async (named: string): Promise<object> =>
    jsonIn<Standings>(await house.cli.done(`payout status ${named} --json`)).rounds[0]!;

  const reclaim = (round: string, who: Parameters<typeof signer>[0] = "hospital"): Promise<Answer> =>
    house.cli.run(`payout reclaim ${round} --json`, signer(who));

  describe("aceso payout status", () => {
    it("tells what was claimed and what is left, by the file or the number", async () => {
      const { token, distributor } = house;
      const { root } = await distributor.roundOf(1);
      const told = {
        ...{ round: 1, standing: "open", publisher: hospital, token: token.target, root, expiry },
        ...{ decimals: 6, claims: 1, total: "3.00", claimed: "1.00", left: "2.00", reclaimed: "0.00" },
      };
      expect(await standing("1")).to.deep.equal(told);
      expect(await standing(file)).to.deep.equal({ ...told, payees: 3 });
      const { out } = await house.cli.done(`payout status ${file}`);
      expect(out).to.contain("Round 1, open").and.to.contain("claimed     1.00, by 1 of 3 payees");
      expect(out).not.to.contain(patient);
    });

    it("lists who has not claimed", async () => {
      const { out } = await house.cli.done(`payout status ${file} --unclaimed`);
      expect(out).to.contain(patient).and.not.to.contain(nurse);
      expect(await standing(`${file} --unclaimed`)).to.have.deep.nested.property("unclaimed[0]", {
        account: patient,
        amount: "1.00",
      });
      await house.cli.done(`payout claim ${file} --everyone`, signer("relayer"));
      expect((await house.cli.done(`payout status ${file} --unclaimed`)).out).to.contain("Everybody has claimed.");
    });

    it("tells what was taken back, which nobody claimed", async () => {
      await time.increaseTo(expiry);
      expect(await standing("1")).to.include({ standing: "ended", left: "2.00" });
      await house.cli.done("payout reclaim 1", signer("hospital"));
      expect(await standing(file)).to.include({
        ...{ standing: "taken back", claimed: "1.00", left: "0.00", reclaimed: "2.00" },
      });
      expect((await house.cli.done("payout status 1")).out).to.contain("taken back  2.00");
    });

    it("refuses what is no round", async () => {
      const later = await built(house, "later", cohortOf([patient]));
      for (const [named, error] of [
        ["2", "NoRoundError"],
        ["1 --unclaimed", "UsageError"],
        ["absent.json", "InputFileError"],
        [later, "RoundUnpublishedError"],
      ] as const) {
        expectRefused(await house.cli.run(`payout status ${named} --json`), error, 2);
      }
    });
  });

  describe("aceso payout reclaim", () => {
    it("gives the publisher what nobody claimed, once the round has ended", async () => {
      await time.increaseTo(expiry);
      const told = jsonIn<object>(await reclaim("1"));
      expect(told).to.deep.include({ round: 1, token: house.token.target, amount: "2.00" });
      expect(await house.token.balanceOf(hospital)).to.equal(FUNDS - 1_000_000n);
    });

    it("is refused before, twice, to others and of no round", async () => {
      expectRefused(await reclaim("1"), "RoundOpen", 1);
      await time.increase(4 * MIN_CLAIM_WINDOW);
      expectRefused(await reclaim("1", "patient"), "RoundNotYours", 1);
      await house.cli.done("payout reclaim 1", signer("hospital"));
      expectRefused(await reclaim("1"), "RoundNotYours", 1);
      expectRefused(await reclaim("2"), "NoRoundError", 2);
      expectRefused(await reclaim("may"), "CountArgumentError", 2);
    });
  });
});
