import { expect } from "chai";

import { ADDRESSES, errorIn, jsonIn, signer, trading, type CommandLine } from "./commandLine.js";

const { maker, regulator } = ADDRESSES;
const NEW = "gtin:00307773105025";

describe("product", () => {
  let cli: CommandLine;

  beforeEach(async () => {
    cli = await trading();
  });

  const authorise = (product: string, options = ""): string =>
    `product authorise ${product} --manufacturer ${maker} --until 2090-12-31 ${options}`.trimEnd();

  it("is authorised by its NDC, and shown by any form of its number", async () => {
    await cli.done(authorise("ndc:0777-3105-02", "--kind biologic --cold-chain"), signer("regulator"));
    for (const form of [NEW, "00307773105025", "307773105025", "ndc:07773-105-02"]) {
      expect(jsonIn<object>(await cli.done(`product show ${form} --json`))).to.deep.equal({
        ...{ product: NEW, manufacturer: maker, kind: "biologic", prescriptionOnly: false, coldChain: true },
        ...{ until: Date.UTC(2091, 0, 1) / 1000, availability: "available" },
      });
    }
    expect((await cli.done(`product show ${NEW}`)).out).to.contain("biologic, cold chain");
  });

  it("is authorised by the staff of a regulator with --as, and not without", async () => {
    await cli.done(`accredit member ${ADDRESSES.stranger} --until 1y`, signer("regulator"));
    const refused = await cli.run(`${authorise(NEW)} --json`, signer("stranger"));
    expect({ code: refused.code, error: errorIn(refused).error }).to.deep.equal({
      code: 1,
      error: "ProductUnauthorized",
    });
    await cli.done(`${authorise(NEW)} --as ${regulator}`, signer("stranger"));
  });

  it("is drawn back", async () => {
    await cli.done("product withdraw 00300010123455", signer("regulator"));
    const { until } = jsonIn<{ until: number }>(await cli.done("product show 00300010123455 --json"));
    expect(until).to.be.below(4_000_000_000);
  });

  it("is announced short until a time, and available again", async () => {
    const line = "product availability 00300010123455 LIMITED --expected-end 2089-12-31";
    expect((await cli.done(line, signer("maker"))).out).to.contain("limited, expected to end 2090-01-01");
    const short = jsonIn<object>(await cli.done("product show 00300010123455 --json"));
    expect(short).to.include({ availability: "limited", expectedEnd: Date.UTC(2090, 0, 1) / 1000 });
    await cli.done("product availability 00300010123455 available", signer("maker"));
    const { out } = await cli.done("product show 00300010123455 --json");
    expect(out).to.contain('"available"').and.not.to.contain("expectedEnd");
  });

  it("is listed", async () => {
    const { out } = await cli.done("product list");
    expect(out).to.contain("gtin:00300010123455").and.to.contain("drug, prescription only");
    const found = jsonIn<{ product: string }[]>(await cli.done("product list --json"));
    expect(found.map(({ product }) => product)).to.deep.equal(["gtin:00300010123455", "gtin:00300010999999"]);
  });

  it("is only shown with --dry-run", async () => {
    const shown = jsonIn<object>(await cli.done(`${authorise(NEW)} --dry-run --json`, signer("regulator")));
    expect(shown).to.include({ to: cli.contracts.products.target });
    expect((await cli.run(`product show ${NEW} --json`)).code).to.equal(2);
  });

  for (const [line, error] of [
    ["product show 00300010123454", "CheckDigitError"],
    ["product show 123456789", "MalformedGtinError"],
    ["product show ndc:1-2-3", "MalformedNdcError"],
    ["product show 0001-0123-45", "MalformedProductError"],
    [`product show ${NEW}`, "ProductNotAuthorisedError"],
    ["product availability 00300010123455 plenty", "UnknownWordError"],
    [authorise(NEW, "--kind potion"), "UnknownWordError"],
    [authorise(NEW).replace(maker, "0x12"), "AddressArgumentError"],
    [authorise(NEW).replace("2090-12-31", "soon"), "TimeArgumentError"],
  ] as const) {
    it(`refuses \`${line.replaceAll(/(0x[0-9a-fA-F]{4})[0-9a-fA-F]{30,}/g, "$1…")}\` as ${error}`, async () => {
      const answer = await cli.run(`${line} --json`, signer("regulator"));
      expect({ code: answer.code, out: answer.out, error: errorIn(answer).error }).to.deep.equal({
        code: 2,
        out: "",
        error,
      });
    });
  }
});
