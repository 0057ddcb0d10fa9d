import { expect } from "chai";
import { encodeBytes32String, ZeroHash } from "ethers";

import { roleNumber } from "../../src/accreditation/role.js";
import { FAR, loadFixture, setAccreditor, time } from "../fixtures.js";
import { batchId, commissioned, KIND, LOT, NOBODY, OPIOID, TABLET, trade, type Trade } from "./ledger.js";

const SYRUP = encodeBytes32String("gtin:00300010777779");
const REGULATOR = roleNumber("Regulator");

/** Places of `Availability`. */
const AVAILABILITY = { Available: 0, Limited: 1, Unavailable: 2, Discontinued: 3 } as const;

function authorisation({ maker }: Pick<Trade, "maker">, changes: object = {}) {
  return {
    manufacturer: maker.address,
    until: FAR,
    kind: KIND.Drug,
    prescriptionOnly: false,
    coldChain: false,
    ...changes,
  } as const;
}

describe("ProductRegistry", () => {
  describe("authorise", () => {
    it("authorises a product to a manufacturer", async () => {
      const house = await loadFixture(trade);
      const { products, regulator, maker } = house;
      const biologic = authorisation(house, { kind: KIND.Biologic, prescriptionOnly: true, coldChain: true });
      expect(await products.manufacturerOf(SYRUP)).to.equal(NOBODY);
      await expect(products.connect(regulator).authorise(SYRUP, biologic, regulator))
        .to.emit(products, "ProductAuthorised")
        .withArgs(SYRUP, maker, regulator, Object.values(biologic), regulator);
      expect(await products.productOf(SYRUP)).to.deep.equal([maker.address, FAR, KIND.Biologic, true, true].map(big));
      expect(await products.manufacturerOf(SYRUP)).to.equal(maker);
      expect(await products.isPrescriptionOnly(SYRUP)).to.be.true;
    });

    it("replaces an authorisation, also another regulator's", async () => {
      const house = await loadFixture(trade);
      const { accreditation, products, officer, rival } = house;
      await accreditation.accredit(officer, REGULATOR, FAR);
      await products
        .connect(officer)
        .authorise(TABLET, authorisation(house, { manufacturer: rival.address, prescriptionOnly: true }), officer);
      expect(await products.manufacturerOf(TABLET)).to.equal(rival);
      expect(await products.isPrescriptionOnly(TABLET)).to.be.true;
    });

    it("takes the regulator's staff, and names it as the actor", async () => {
      const house = await loadFixture(trade);
      const { accreditation, products, regulator, maker, officer } = house;
      await accreditation.connect(regulator).setMember(officer, FAR);
      const allowed = authorisation(house);
      await expect(products.connect(officer).authorise(SYRUP, allowed, regulator))
        .to.emit(products, "ProductAuthorised")
        .withArgs(SYRUP, maker, regulator, Object.values(allowed), officer);
    });

    it("rejects a manufacturer that squats a GTIN, in its own name and in the regulator's", async () => {
      const house = await loadFixture(trade);
      const { products, regulator, rival } = house;
      for (const claimed of [rival, regulator]) {
        await expect(
          products.connect(rival).authorise(SYRUP, authorisation(house, { manufacturer: rival.address }), claimed),
        )
          .to.be.revertedWithCustomError(products, "ProductUnauthorized")
          .withArgs(SYRUP, claimed, rival);
      }
      expect(await products.manufacturerOf(SYRUP)).to.equal(NOBODY);
    });

    it("rejects staff from the second its membership ends", async () => {
      const house = await loadFixture(trade);
      const { accreditation, products, regulator, officer } = house;
      const end = (await time.latest()) + 100;
      await accreditation.connect(regulator).setMember(officer, end);
      await time.setNextBlockTimestamp(end);
      await expect(products.connect(officer).authorise(SYRUP, authorisation(house), regulator))
        .to.be.revertedWithCustomError(products, "ProductUnauthorized")
        .withArgs(SYRUP, regulator, officer);
    });

    it("rejects a regulator that is suspended, whose licence is over, or whose accreditor was dismissed", async () => {
      const house = await loadFixture(trade);
      const { accreditation, admin, products, regulator } = house;
      const refused = () =>
        expect(products.connect(regulator).authorise(SYRUP, authorisation(house), regulator))
          .to.be.revertedWithCustomError(products, "ProductUnauthorized")
          .withArgs(SYRUP, regulator, regulator);
      await accreditation.suspend(regulator, REGULATOR);
      await refused();
      const end = (await time.latest()) + 100;
      await accreditation.accredit(regulator, REGULATOR, end);
      await time.setNextBlockTimestamp(end);
      await refused();
      await accreditation.accredit(regulator, REGULATOR, FAR);
      await setAccreditor(house, "Regulator", admin, false);
      await refused();
    });

    it("rejects a product without an id", async () => {
      const house = await loadFixture(trade);
      const { products, regulator } = house;
      await expect(
        products.connect(regulator).authorise(ZeroHash, authorisation(house), regulator),
      ).to.be.revertedWithCustomError(products, "ProductIdZero");
    });

    it("rejects an authorisation that ends this second", async () => {
      const house = await loadFixture(trade);
      const { products, regulator } = house;
      const until = (await time.latest()) + 100;
      await time.setNextBlockTimestamp(until);
      await expect(products.connect(regulator).authorise(SYRUP, authorisation(house, { until }), regulator))
        .to.be.revertedWithCustomError(products, "ProductEndPast")
        .withArgs(until);
    });

    it("rejects a manufacturer without a live licence as one", async () => {
      const house = await loadFixture(trade);
      const { accreditation, products, regulator, maker, wholesaler } = house;
      await accreditation.suspend(maker, roleNumber("Manufacturer"));
      for (const manufacturer of [maker.address, wholesaler.address, NOBODY]) {
        await expect(products.connect(regulator).authorise(SYRUP, authorisation(house, { manufacturer }), regulator))
          .to.be.revertedWithCustomError(products, "ProductManufacturerUnlicensed")
          .withArgs(manufacturer);
      }
    });

    it("takes an investigational product on prescription only", async () => {
      const house = await loadFixture(trade);
      const { products, regulator } = house;
      const trial = authorisation(house, { kind: KIND.Investigational });
      await expect(products.connect(regulator).authorise(SYRUP, trial, regulator))
        .to.be.revertedWithCustomError(products, "ProductNeedsPrescription")
        .withArgs(SYRUP);
      await products.connect(regulator).authorise(SYRUP, { ...trial, prescriptionOnly: true }, regulator);
      expect((await products.productOf(SYRUP)).kind).to.equal(KIND.Investigational);
    });
  });

  describe("withdraw", () => {
    it("ends the authorisation this second and keeps the rest", async () => {
      const { products, regulator, maker } = await loadFixture(trade);
      const now = (await time.latest()) + 10;
      await time.setNextBlockTimestamp(now);
      await expect(products.connect(regulator).withdraw(OPIOID, regulator))
        .to.emit(products, "ProductWithdrawn")
        .withArgs(OPIOID, regulator, regulator);
      expect(await products.manufacturerOf(OPIOID)).to.equal(NOBODY);
      expect(await products.isPrescriptionOnly(OPIOID)).to.be.true;
      expect(await products.productOf(OPIOID)).to.deep.equal([maker.address, now, KIND.Drug, true, false].map(big));
    });

    it("leaves batches on the market as they are", async () => {
      const { products, batches, regulator } = await loadFixture(commissioned);
      const before = await batches.batchOf(batchId(OPIOID));
      await products.connect(regulator).withdraw(OPIOID, regulator);
      await batches.refresh({ product: OPIOID, lot: LOT });
      expect(await batches.batchOf(batchId(OPIOID))).to.deep.equal(before);
    });

    it("takes the regulator's staff, and names it as the actor", async () => {
      const { accreditation, products, regulator, officer } = await loadFixture(trade);
      await accreditation.connect(regulator).setMember(officer, FAR);
      await expect(products.connect(officer).withdraw(TABLET, regulator))
        .to.emit(products, "ProductWithdrawn")
        .withArgs(TABLET, regulator, officer);
    });

    it("rejects everybody but a licensed regulator, the manufacturer too", async () => {
      const { accreditation, products, regulator, maker } = await loadFixture(trade);
      for (const claimed of [maker, regulator]) {
        await expect(products.connect(maker).withdraw(TABLET, claimed))
          .to.be.revertedWithCustomError(products, "ProductUnauthorized")
          .withArgs(TABLET, claimed, maker);
      }
      await accreditation.suspend(regulator, REGULATOR);
      await expect(products.connect(regulator).withdraw(TABLET, regulator))
        .to.be.revertedWithCustomError(products, "ProductUnauthorized")
        .withArgs(TABLET, regulator, regulator);
    });

    it("rejects a product nobody authorised", async () => {
      const { products, regulator } = await loadFixture(trade);
      await expect(products.connect(regulator).withdraw(SYRUP, regulator))
        .to.be.revertedWithCustomError(products, "ProductUnknown")
        .withArgs(SYRUP);
    });
  });

  describe("setAvailability", () => {
    it("announces a shortage of the manufacturer's, its expected end, and that it is over", async () => {
      const { products, maker } = await loadFixture(trade);
      expect(await products.supplyOf(TABLET)).to.deep.equal([big(AVAILABILITY.Available), 0n]);
      for (const [availability, expectedEnd] of [
        [AVAILABILITY.Limited, FAR],
        [AVAILABILITY.Unavailable, 0],
        [AVAILABILITY.Unavailable, FAR],
        [AVAILABILITY.Available, 0],
        [AVAILABILITY.Discontinued, 0],
      ] as const) {
        await expect(products.connect(maker).setAvailability(TABLET, { availability, expectedEnd }, maker))
          .to.emit(products, "AvailabilitySet")
          .withArgs(TABLET, maker, availability, expectedEnd, maker);
        expect(await products.supplyOf(TABLET)).to.deep.equal([big(availability), big(expectedEnd)]);
      }
    });

    it("takes the staff of either, and names it as the actor", async () => {
      const { accreditation, products, regulator, maker, clerk } = await loadFixture(trade);
      const short = { availability: AVAILABILITY.Limited, expectedEnd: 0 };
      for (const organisation of [maker, regulator]) {
        await accreditation.connect(organisation).setMember(clerk, FAR);
        await expect(products.connect(clerk).setAvailability(TABLET, short, organisation))
          .to.emit(products, "AvailabilitySet")
          .withArgs(TABLET, organisation, short.availability, 0, clerk);
      }
    });

    it("lets a manufacturer whose licence is suspended say that it cannot deliver", async () => {
      const { accreditation, products, maker } = await loadFixture(trade);
      await accreditation.suspend(maker, roleNumber("Manufacturer"));
      const none = { availability: AVAILABILITY.Unavailable, expectedEnd: 0 };
      await products.connect(maker).setAvailability(TABLET, none, maker);
      expect((await products.supplyOf(TABLET)).availability).to.equal(AVAILABILITY.Unavailable);
    });

    it("rejects another manufacturer, also in the manufacturer's or the regulator's name", async () => {
      const { products, regulator, maker, rival } = await loadFixture(trade);
      const none = { availability: AVAILABILITY.Unavailable, expectedEnd: 0 };
      for (const claimed of [rival, maker, regulator]) {
        await expect(products.connect(rival).setAvailability(TABLET, none, claimed))
          .to.be.revertedWithCustomError(products, "ProductUnauthorized")
          .withArgs(TABLET, claimed, rival);
      }
    });

    it("rejects a regulator that is suspended, and staff whose membership is over", async () => {
      const { accreditation, products, regulator, maker, clerk } = await loadFixture(trade);
      const none = { availability: AVAILABILITY.Unavailable, expectedEnd: 0 };
      const end = (await time.latest()) + 100;
      await accreditation.suspend(regulator, REGULATOR);
      await accreditation.connect(maker).setMember(clerk, end);
      await expect(products.connect(regulator).setAvailability(TABLET, none, regulator))
        .to.be.revertedWithCustomError(products, "ProductUnauthorized")
        .withArgs(TABLET, regulator, regulator);
      await time.setNextBlockTimestamp(end);
      await expect(products.connect(clerk).setAvailability(TABLET, none, maker))
        .to.be.revertedWithCustomError(products, "ProductUnauthorized")
        .withArgs(TABLET, maker, clerk);
    });

    it("rejects a product nobody authorised", async () => {
      const { products, regulator } = await loadFixture(trade);
      await expect(
        products
          .connect(regulator)
          .setAvailability(SYRUP, { availability: AVAILABILITY.Limited, expectedEnd: 0 }, regulator),
      )
        .to.be.revertedWithCustomError(products, "ProductUnknown")
        .withArgs(SYRUP);
    });

    it("rejects a shortage that ends this second, and an end to what is available or discontinued", async () => {
      const { products, maker } = await loadFixture(trade);
      const now = (await time.latest()) + 100;
      await time.setNextBlockTimestamp(now);
      for (const [availability, expectedEnd] of [
        [AVAILABILITY.Limited, now],
        [AVAILABILITY.Available, FAR],
        [AVAILABILITY.Discontinued, FAR],
      ] as const) {
        await expect(products.connect(maker).setAvailability(TABLET, { availability, expectedEnd }, maker))
          .to.be.revertedWithCustomError(products, "AvailabilityEndInvalid")
          .withArgs(availability, expectedEnd);
      }
    });
  });

  describe("manufacturerOf", () => {
    it("names the manufacturer until the second the authorisation ends", async () => {
      const house = await loadFixture(trade);
      const { products, regulator, maker } = house;
      const until = (await time.latest()) + 100;
      await products.connect(regulator).authorise(SYRUP, authorisation(house, { until }), regulator);
      await time.increaseTo(until - 1);
      expect(await products.manufacturerOf(SYRUP)).to.equal(maker);
      await time.increaseTo(until);
      expect(await products.manufacturerOf(SYRUP)).to.equal(NOBODY);
    });
  });

  describe("multicall", () => {
    it("authorises several products, or none", async () => {
      const house = await loadFixture(trade);
      const { products, regulator, stranger } = house;
      const call = (product: string) =>
        products.interface.encodeFunctionData("authorise", [product, authorisation(house), regulator.address]);
      const other = encodeBytes32String("gtin:00300010888883");
      await expect(products.connect(regulator).multicall([call(SYRUP), call(ZeroHash)])).to.be.revertedWithCustomError(
        products,
        "ProductIdZero",
      );
      expect(await products.manufacturerOf(SYRUP)).to.equal(NOBODY);
      await expect(products.connect(stranger).multicall([call(SYRUP)]))
        .to.be.revertedWithCustomError(products, "ProductUnauthorized")
        .withArgs(SYRUP, regulator, stranger);
      await products.connect(regulator).multicall([call(SYRUP), call(other)]);
      expect(await products.manufacturerOf(SYRUP)).to.not.equal(NOBODY);
      expect(await products.manufacturerOf(other)).to.not.equal(NOBODY);
    });
  });
});

/** As ethers gives numbers back. */
function big<T>(value: T): T | bigint {
  return typeof value === "number" ? BigInt(value) : value;
}
