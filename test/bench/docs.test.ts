import { expect } from "chai";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writeGasPage } from "../../scripts/bench/docs.js";
import type { Measured } from "../../scripts/bench/flatness.js";

const logAccess: Measured = {
  operation: { name: "records.logAccess", slots: [], next: () => Promise.reject(new Error("not priced here")) },
  price: { operation: "records.logAccess", gas: 44_171, calldataBytes: 228, floor: 27_600, ratio: 1.6 },
  flatness: { operation: "records.logAccess", few: 44_170, many: 44_171, ratio: 1.00002 },
};

const anchorBatch: Measured = {
  operation: {
    ...logAccess.operation,
    name: "records.anchorBatch",
    batch: 20,
    slots: [{ contract: "records", slot: "_digests[id]", kind: "fill", why: "the current digest" }],
  },
  price: { operation: "records.anchorBatch", gas: 29_143, calldataBytes: 103, floor: 27_228, ratio: 1.07 },
  flatness: { operation: "records.anchorBatch", few: 29_143, many: 29_143, ratio: 1 },
};

describe("writeGasPage", () => {
  let folder: string;
  let rows: string[];

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "aceso-"));
    const path = join(folder, "gas.md");
    await writeGasPage(path, [logAccess, anchorBatch]);
    rows = (await readFile(path, "utf8")).split("\n").map((line) => line.replaceAll(/ +/g, " "));
  });

  after(() => rm(folder, { recursive: true }));

  it("shows each price beside its budget and the usual way", () => {
    expect(rows).to.include("| records.logAccess | 44,171 | 228 | 27,600 | 1.600 | 52,000 | |");
    expect(rows).to.include(
      "| records.anchorBatch, one of 20 | 29,143 | 103 | 27,228 | 1.070 | 33,000 | EAS multiAttest 210,929 |",
    );
  });

  it("shows how flat each price is", () => {
    expect(rows).to.include("| records.logAccess | 44,170 | 44,171 | 1.000 |");
  });

  it("gives the reason for each slot, and says when there is none", () => {
    expect(rows).to.include("| records.anchorBatch | `records._digests[id]` | zero → non-zero | the current digest |");
    expect(rows).to.include("| records.logAccess | none | | the event is the trail |");
  });
});
