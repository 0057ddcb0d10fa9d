import { expect } from "chai";
import { id } from "ethers";

import { roleNumber, type Role } from "../../src/accreditation/role.js";
import { alerts, type Alert } from "../../src/medication/alerts.js";
import { itemId } from "../../src/medication/item.js";
import { loadFixture, time } from "../fixtures.js";
import { AUTHORITY, CONDITION, EVIDENCE, items, REASON, type Container, type Parcel, type Trade } from "./ledger.js";
import { distributed, joined, range, TABLETS } from "./reading.js";

const FINDING = { Verified: 0, Duplicate: 1, Unknown: 2, Misplaced: 3, Notified: 4 } as const;
const DAY = 24 * 60 * 60;

async function read() {
  const house = await loadFixture(distributed);
  const { batches, regulator } = house;
  const aceso = await joined(house);
  const report = async (who: Trade["maker"], role: Role, number: number, finding: keyof typeof FINDING) => {
    const found = { batch: TABLETS, number, serial: id("a serial"), finding: FINDING[finding], evidence: EVIDENCE };
    await batches.connect(who).report(found, who, roleNumber(role));
  };
  const condemn = async (item: Parcel | Container) => {
    const by = { organisation: regulator, authority: AUTHORITY.Regulator };
    for (const condition of [CONDITION.Suspect, CONDITION.Illegitimate]) {
      await batches.connect(regulator).setCondition(items(item), by, condition, REASON.Quality, EVIDENCE);
    }
  };
  return { ...house, report, condemn, found: (): Promise<Alert[]> => alerts(aceso) };
}

describe("alerts", () => {
  it("lists duplicates, unknown serials and misplaced packs, with who reported and who held it", async () => {
    const { report, found, pharmacy, branch, maker } = await read();
    await report(pharmacy, "Pharmacy", 9, "Duplicate");
    await report(branch, "Pharmacy", 0, "Unknown");
    await report(branch, "Pharmacy", 16, "Misplaced");
    const [duplicate, unknown, misplaced, ...others] = await found();
    expect(others).to.deep.equal([]);
    expect(duplicate).to.include({ what: "duplicate", unit: 9, organisation: pharmacy.address, evidence: EVIDENCE });
    expect(duplicate).not.to.have.property("holder");
    expect(unknown).to.include({ what: "unknown", organisation: branch.address }).and.not.have.property("unit");
    expect(misplaced).to.include({ what: "misplaced", unit: 16, holder: maker.address, at: await time.latest() });
  });

  it("lists verifications by who did not hold the pack then", async () => {
    const { report, found, batches, pharmacy, branch, wholesaler } = await read();
    await report(pharmacy, "Pharmacy", 3, "Verified");
    await report(branch, "Pharmacy", 12, "Verified");
    await report(wholesaler, "Distributor", 12, "Verified");
    expect(await found()).to.deep.equal([]);
    await report(wholesaler, "Distributor", 3, "Verified");
    await report(pharmacy, "Pharmacy", 12, "Verified");
    await batches.connect(branch).receiveItems([itemId(range(12, 4))], wholesaler, branch, roleNumber("Pharmacy"));
    const [far, between, ...others] = await found();
    expect(others).to.deep.equal([]);
    expect(far).to.include({ what: "far from custody", unit: 3, holder: pharmacy.address });
    expect(between).to.include({ what: "far from custody", unit: 12 }).and.not.have.property("holder");
  });

  it("bears with a report about a number the batch has no unit of", async () => {
    const { report, found, branch } = await read();
    await report(branch, "Pharmacy", 4000, "Misplaced");
    expect((await found()).map(({ what }) => what)).to.deep.equal(["misplaced"]);
  });

  it("lists condemned items until the notice was given, and then if it was late", async () => {
    const { report, condemn, found, maker, regulator } = await read();
    await condemn(range(16, 4));
    const at = await time.latest();
    const [alert] = await found();
    const common = { what: "notice missing", item: range(16, 4), organisation: regulator.address, at, due: at + DAY };
    expect(alert).to.deep.include({ ...common, isOverdue: false });
    await time.increaseTo(at + DAY + 1);
    expect((await found())[0]).to.deep.include({ ...common, isOverdue: true });
    await report(maker, "Manufacturer", 15, "Notified");
    expect((await found())[0]).not.to.have.property("notifiedAt");
    await report(maker, "Manufacturer", 16, "Notified");
    const notifiedAt = await time.latest();
    expect(await found()).to.have.length(1);
    expect((await found())[0]).to.deep.include({ ...common, notifiedAt });
  });

  it("takes a notice in time, also about a unit in a container, once for what is condemned again", async () => {
    const { report, condemn, found, batches, pharmacy, regulator, pallet } = await read();
    const by = { organisation: pharmacy, authority: AUTHORITY.Holder };
    for (const condition of [CONDITION.Suspect, CONDITION.Illegitimate]) {
      await batches.connect(pharmacy).setCondition(items(pallet), by, condition, REASON.Quality, EVIDENCE);
    }
    await report(pharmacy, "Pharmacy", 0, "Notified");
    expect(await found()).to.deep.equal([]);
    // A regulator repeats it, so that the holder cannot undo it.
    const higher = { organisation: regulator, authority: AUTHORITY.Regulator };
    await batches
      .connect(regulator)
      .setCondition(items(pallet), higher, CONDITION.Illegitimate, REASON.Quality, EVIDENCE);
    expect(await found()).to.deep.equal([]);
    await condemn(range(8, 4));
    expect(await found()).to.have.length(1);
  });
});
