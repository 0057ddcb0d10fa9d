import { stat } from "node:fs/promises";

import { expect } from "chai";

import { exists } from "../../../src/cli/settings.js";
import { openRound } from "../../../src/research/roundFile.js";
import { accountAt } from "../../research/payees.js";
import { ADDRESSES, errorIn, jsonIn, type Answer } from "../commandLine.js";
import { built, cohortOf, csvOf, expectRefused, paying, type Built, type Paying } from "./payouts.js";

const TOKEN = accountAt(900);

/** Many payees, with a row that cannot be paid on each of the lines 5, 50, 51, 120 and 200. */
function badCsv(): string {
  const rows = cohortOf([], 300);
  rows[3] = ["0x1234", "1.00"];
  rows[48] = [accountAt(48).replace("0xA", "0xa"), "1.00"];
  rows[49] = [accountAt(49), "0.0000001"];
  rows[118] = [accountAt(7), "2.00"];
  rows[198] = [accountAt(198), "-3"];
  return csvOf(rows);
}

const BAD = [
  [5, "no address"],
  [50, "mistyped"],
  [51, "more decimal places than the token"],
  [120, "paid on line 9 already"],
  [200, "below zero"],
] as const;

describe("aceso payout build", () => {
  let house: Paying;

  before(async () => {
    house = await paying();
  });

  const build = (options: string, stdin?: string): Promise<Answer> =>
    house.cli.run(`payout build ${options}`, stdin === undefined ? {} : { stdin });

  it("makes a round of a file, for its owner only, and says what it holds", async () => {
    const { cli, token, distributor } = house;
    await cli.write("may.csv", csvOf([...cohortOf([], 2), [accountAt(5), "1250.5"]]));
    const { out } = await cli.done(`payout build may.csv --token ${token.target}`);
    expect(out).to.contain(`3 payees, 1,252.50 in all of ${token.target}`);
    const file = await openRound(await cli.read("may.round.json"));
    expect(out).to.contain(`root  ${file.round.root}`).and.to.contain("file  may.round.json");
    expect(file.round.total).to.equal(1_252_500_000n);
    expect(file).to.include({ decimals: 6, chainId: 31337n, distributor: distributor.target });
    expect((await stat(cli.path("may.round.json"))).mode & 0o777).to.equal(0o600);
  });

  it("needs no chain where the decimals are given", async () => {
    const away = async (): Promise<never> => {
      throw new Error("asked the chain");
    };
    const answer = await house.cli.run(`payout build - --token ${TOKEN} --decimals 2 --out offline.json --json`, {
      stdin: csvOf(cohortOf([], 1)),
      connect: away,
    });
    expect(jsonIn<Built>(answer)).to.deep.include({ payees: 1, total: "1.00", file: "offline.json", badRows: [] });
    expect(await openRound(await house.cli.read("offline.json"))).not.to.have.any.keys("chainId", "distributor");
  });

  it("lists rows that cannot be paid by their lines, in plain words, and builds nothing", async () => {
    await house.cli.write("bad.csv", badCsv());
    const { code, out, err } = await build(`bad.csv --token ${house.token.target}`);
    expect({ code, out }).to.deep.equal({ code: 2, out: "" });
    expect(err).to.contain("5 rows of 300 cannot be paid").and.to.contain("BadRowsError");
    for (const [line, fault] of BAD) expect(err).to.match(new RegExp(`line +${line}: .*${fault}`));
    expect(await exists(house.cli.path("bad.round.json"))).to.equal(false);
  });

  it("lists them for a program in the error", async () => {
    await house.cli.write("bad.csv", badCsv());
    const answer = await build(`bad.csv --token ${house.token.target} --json`);
    expectRefused(answer, "BadRowsError", 2);
    const { badRows } = errorIn(answer) as unknown as { badRows: { line: number; reason: string; fault: string }[] };
    expect(badRows.map(({ line }) => line)).to.deep.equal(BAD.map(([line]) => line));
    expect(badRows[3]).to.deep.equal({
      ...{ line: 120, account: accountAt(7), field: "account", reason: "duplicate", firstLine: 9 },
      fault: "the account is paid on line 9 already",
    });
  });

  it("builds the rest only when told, and still lists what it left out", async () => {
    const { cli, token } = house;
    await cli.write("bad.csv", badCsv());
    const line = `payout build bad.csv --token ${token.target} --skip-bad-rows --out rest.json`;
    const { out } = await cli.done(line);
    expect(out).to.contain("295 payees, 295.00 in all").and.to.contain("Left out 5 rows:");
    for (const [at, fault] of BAD) expect(out).to.match(new RegExp(`line +${at}: .*${fault}`));
    expect((await openRound(await cli.read("rest.json"))).round.payees).to.have.length(295);
    const told = jsonIn<Built>(await cli.done(`${line.replace("rest", "told")} --json`));
    expect(told.badRows).to.have.length(5);
  });

  it("overwrites nothing", async () => {
    const file = await built(house, "once", cohortOf([], 2));
    const before = await house.cli.read(file);
    expectRefused(await build(`once.csv --token ${house.token.target} --json`), "FileExistsError", 4);
    expect(await house.cli.read(file)).to.equal(before);
  });

  const csv = csvOf(cohortOf([], 1));
  for (const [what, options, text, error] of [
    ["a file that is not there", "absent.csv --token TOKEN --decimals 6", undefined, "InputFileError"],
    ["a folder", ". --token TOKEN --decimals 6 --out folder.json", undefined, "InputFileError"],
    ["no token", "- --decimals 6 --out x.json", csv, "UsageError"],
    ["a token that is no address", "- --token 0x12 --decimals 6 --out x.json", csv, "AddressArgumentError"],
    ["a token that is not on the chain", `- --token ${TOKEN} --out x.json`, csv, "NoTokenError"],
    ["decimals no token has", "- --token TOKEN --decimals 256 --out x.json", csv, "TokenDecimalsError"],
    ["decimals that are no number", "- --token TOKEN --decimals six --out x.json", csv, "CountArgumentError"],
    ["stdin without a file to put it in", "- --token TOKEN --decimals 6", csv, "UsageError"],
    ["an empty file", "- --token TOKEN --decimals 6 --out x.json", "", "EmptyCsvError"],
    ["nobody to pay", "- --token TOKEN --decimals 6 --out x.json", "account,amount\n", "NoPayeesError"],
    ["semicolons", "- --token TOKEN --decimals 6 --out x.json", "account;amount\n", "SeparatorError"],
    ["a byte order mark", "- --token TOKEN --decimals 6 --out x.json", `\uFEFF${csv}`, "ByteOrderMarkError"],
  ] as const) {
    it(`refuses ${what} as ${error}, and leaves no file behind`, async () => {
      const answer = await build(`${options.replace("TOKEN", house.token.target as string)} --json`, text);
      expectRefused(answer, error, 2);
      expect(await exists(house.cli.path("x.json"))).to.equal(false);
    });
  }

  it("says how to build without a chain, when there is none", async () => {
    const { cli, token } = house;
    await cli.write("elsewhere.json", {
      ...(await cli.readJson<object>("deployment.json")),
      consentRegistry: ADDRESSES.stranger,
    });
    const answer = await build(`may.csv --token ${token.target} --out x.json --deployment elsewhere.json --json`);
    expectRefused(answer, "DecimalsUnknownError", 2);
    expect(errorIn(answer).advice).to.contain("--decimals");
  });
});
