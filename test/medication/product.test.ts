import { expect } from "chai";

import { accountOf } from "../../src/aceso.js";
import { UnknownWordError } from "../../src/medication/codes.js";
import { authorise, productOf, products, setAvailability, supplyOf, withdraw } from "../../src/medication/product.js";
import { setMember } from "../../src/accreditation/accreditation.js";
import { MalformedProductError } from "../../src/gs1/productId.js";
import { FAR, time } from "../fixtures.js";
import { refusal, revert } from "../sdk.js";
import { atMaker, OPIOIDS, TABLETS, type People } from "./people.js";

const INHALER = { gtin: "00300010777771" };

/** An authorisation of an inhaler to the maker. */
function inhaler({ maker }: People) {
  const terms = { until: FAR, kind: "device", prescriptionOnly: false, coldChain: true } as const;
  return { manufacturer: accountOf(maker), ...terms };
}

describe("authorise", () => {
  it("authorises a product, by any form of its number", async () => {
    const all = await atMaker();
    const { regulator } = all;
    expect(await productOf(regulator, INHALER)).to.equal(undefined);
    await authorise(regulator, { product: INHALER, ...inhaler(all) }).send();
    expect(await productOf(regulator, `gtin:${INHALER.gtin}`)).to.deep.equal(inhaler(all));
  });

  it("names the regulator when staff sends it", async () => {
    const all = await atMaker();
    const { regulator, stranger } = all;
    const call = { product: INHALER, ...inhaler(all), regulator: accountOf(regulator) };
    await revert(authorise(stranger, call).send(), "ProductUnauthorized");
    await setMember(regulator, { member: accountOf(stranger), until: FAR }).send();
    await authorise(stranger, call).send();
    expect(await productOf(regulator, INHALER)).to.deep.equal(inhaler(all));
  });

  it("refuses by name what no product is, what kind is none, and what the contract refuses", async () => {
    const all = await atMaker();
    const { regulator, wholesaler } = all;
    const good = { product: INHALER, ...inhaler(all) };
    await refusal(() => authorise(regulator, { ...good, product: "inhaler" }), MalformedProductError);
    const error = await refusal(() => authorise(regulator, { ...good, kind: "food" as "drug" }), UnknownWordError);
    expect(error).to.include({ word: "food" });
    expect(error.advice).to.include("device");
    await revert(authorise(regulator, { ...good, until: 1 }).send(), "ProductEndPast");
    await revert(authorise(regulator, { ...good, kind: "investigational" }).send(), "ProductNeedsPrescription");
    const unlicensed = { ...good, manufacturer: accountOf(wholesaler) };
    await revert(authorise(regulator, unlicensed).send(), "ProductManufacturerUnlicensed");
  });
});

describe("withdraw", () => {
  it("ends an authorisation now, and keeps the rest", async () => {
    const { regulator } = await atMaker();
    await withdraw(regulator, { product: OPIOIDS.product }).send();
    const { until, prescriptionOnly } = (await productOf(regulator, OPIOIDS.product))!;
    expect(until).to.equal(await time.latest());
    expect(prescriptionOnly).to.equal(true);
    await revert(withdraw(regulator, { product: INHALER }).send(), "ProductUnknown");
  });
});

describe("setAvailability", () => {
  it("announces a shortage, its expected end, and that it is over", async () => {
    const { maker, regulator } = await atMaker();
    const { product } = TABLETS;
    expect(await supplyOf(maker, product)).to.deep.equal({ availability: "available" });
    await setAvailability(maker, { product, availability: "limited", expectedEnd: FAR }).send();
    expect(await supplyOf(maker, product)).to.deep.equal({ availability: "limited", expectedEnd: FAR });
    await setAvailability(regulator, { product, availability: "discontinued" }).send();
    expect(await supplyOf(maker, product)).to.deep.equal({ availability: "discontinued" });
  });

  it("refuses an end of what is not short, and who neither makes nor regulates it", async () => {
    const { maker, rival } = await atMaker();
    const { product } = TABLETS;
    const call = { product, availability: "available", expectedEnd: FAR } as const;
    await revert(setAvailability(maker, call).send(), "AvailabilityEndInvalid");
    await revert(setAvailability(rival, { product, availability: "limited" }).send(), "ProductUnauthorized");
  });
});

describe("products", () => {
  it("are all that were ever authorised, once each, as they are now", async () => {
    const all = await atMaker();
    const { regulator, house } = all;
    await authorise(regulator, { product: INHALER, ...inhaler(all) }).send();
    await authorise(regulator, { product: INHALER, ...inhaler(all), coldChain: false }).send();
    const found = await products(regulator);
    expect(found.map(({ product }) => product)).to.deep.equal([
      TABLETS.product,
      OPIOIDS.product,
      "gtin:00300010777771",
    ]);
    expect(found[2]).to.deep.include({ ...inhaler(all), coldChain: false });

    const garbage = `0x${"ff".repeat(32)}`;
    await house.products.connect(house.regulator).authorise(garbage, { ...inhaler(all), kind: 0 }, house.regulator);
    expect((await products(regulator)).map(({ product }) => product)).to.include(garbage);
  });
});
