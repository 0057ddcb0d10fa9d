/**
 * The medication contracts with somebody in every role, and the keys and ids the tests speak of.
 *
 * @module
 */
import { AbiCoder, encodeBytes32String, id, keccak256, ZeroAddress } from "ethers";

import { roleNumber } from "../../src/accreditation/role.js";
import type { Hex } from "../../src/crypto/bytes.js";
import { buildTree, proofOf, serialOf, type SerialTree } from "../../src/medication/tree.js";
import { ethers, FAR, system, time } from "../fixtures.js";

const coder = AbiCoder.defaultAbiCoder();

/** Places of the contracts' enums. */
export const STATUS = { None: 0, InCustody: 1, Opened: 2, InTransit: 3, Packed: 4, Missing: 5, Destroyed: 6 } as const;
export const CONDITION = { Sound: 0, OnHold: 1, Suspect: 2, Illegitimate: 3 } as const;
export const AUTHORITY = { None: 0, Holder: 1, Manufacturer: 2, Regulator: 3 } as const;
export const REASON = { Other: 0, TemperatureExcursion: 1, Damage: 2, Quality: 3 } as const;
export const RECALL = { None: 0, Ongoing: 1, Terminated: 2 } as const;
export const CLASS = { Unclassified: 0, III: 1, II: 2, I: 3 } as const;
export const DEPTH = { Wholesale: 0, Retail: 1, Consumer: 2 } as const;
export const KIND = { Drug: 0, Biologic: 1, Device: 2, Investigational: 3 } as const;

/** The digest of some evidence. */
export const EVIDENCE = id("evidence");

/** A tablet anybody may buy, and one on prescription only. */
export const TABLET = encodeBytes32String("gtin:00300010123455");
export const OPIOID = encodeBytes32String("gtin:00300010999999");

export const LOT = encodeBytes32String("A123");

/** How many units most batches here have. */
export const UNITS = 20;

export type Parcel = { batch: string; first: number; count: number };
export type Container = { packer: string; label: string; batches: string[] };

/** A batch's id. */
export function batchId(product: string = TABLET, lot: string = LOT): string {
  return keccak256(coder.encode(["bytes32", "bytes32"], [product, lot]));
}

/** A parcel's id. */
export function parcelId({ batch, first, count }: Parcel): string {
  return keccak256(coder.encode(["bytes32", "uint24", "uint24"], [batch, first, count])).slice(0, 42);
}

/** A container's id. */
export function containerId({ packer, label, batches }: Container): string {
  const encoded = coder.encode(["tuple(address,bytes32,bytes32[])"], [[packer, label, batches]]);
  return keccak256(encoded).slice(0, 42);
}

/** A container of a packer's, labelled with an SSCC; of the tablet's batch unless said otherwise. */
export function container(packer: { address: string }, serial = 1, batches: string[] = [batchId()]): Container {
  return {
    packer: packer.address,
    label: encodeBytes32String(`sscc:${String(serial).padStart(18, "0")}`),
    batches: [...batches].sort((a, b) => (BigInt(a) < BigInt(b) ? -1 : 1)),
  };
}

/** Parcels and containers, as the contract takes them. */
export function items(...named: (Parcel | Container)[]) {
  return {
    parcels: named.filter((item): item is Parcel => "first" in item),
    containers: named.filter((item): item is Container => "packer" in item),
  };
}

/** The id of either. */
export function itemId(item: Parcel | Container): string {
  return "first" in item ? parcelId(item) : containerId(item);
}

/** A tree of serials `S0`, `S1`, …. */
export async function treeOf(batch = batchId(), units = UNITS): Promise<SerialTree> {
  return buildTree({ batch: batch as Hex, serials: Array.from({ length: units }, (_, unit) => `S${unit}`) });
}

/** A unit in a parcel, with its serial and proof. */
export function unitIn(parcel: Parcel, number: number, tree: SerialTree) {
  return { parcel, number, serial: encodeBytes32String(serialOf(tree, number)), proof: proofOf(tree, number) };
}

/**
 * Everybody licensed: a regulator, a maker of tablets and opioids, a wholesaler, two pharmacies with one on whose staff
 * the clerk is, a doctor; the prescription registry as a service of the pharmacies. Nothing is commissioned yet.
 */
export async function trade() {
  const house = await system();
  const { accreditation, products, batches, prescriptions } = house;
  const [regulator, maker, rival, wholesaler, pharmacy, branch, clerk, operator] = (await ethers.getSigners()).slice(
    12,
  ) as Tuple<Awaited<ReturnType<typeof ethers.getSigners>>[number], 8>;
  await accreditation.accredit(regulator, roleNumber("Regulator"), FAR);
  await accreditation.accredit(maker, roleNumber("Manufacturer"), FAR);
  await accreditation.accredit(rival, roleNumber("Manufacturer"), FAR);
  await accreditation.accredit(wholesaler, roleNumber("Distributor"), FAR);
  await accreditation.accredit(pharmacy, roleNumber("Pharmacy"), FAR);
  await accreditation.accredit(branch, roleNumber("Pharmacy"), FAR);
  await accreditation.accredit(house.doctor, roleNumber("Practitioner"), FAR);
  await accreditation.accredit(prescriptions, roleNumber("PrescriptionService"), FAR);
  await accreditation.connect(pharmacy).setMember(clerk, FAR);
  for (const seller of [pharmacy, branch]) await batches.connect(seller).setService(prescriptions, true);
  const authorisation = { manufacturer: maker, until: FAR, kind: KIND.Drug, prescriptionOnly: false, coldChain: false };
  await products.connect(regulator).authorise(TABLET, authorisation, regulator);
  await products.connect(regulator).authorise(OPIOID, { ...authorisation, prescriptionOnly: true }, regulator);
  return { ...house, regulator, maker, rival, wholesaler, pharmacy, branch, clerk, operator };
}

/** What {@link trade} gives. */
export type Trade = Awaited<ReturnType<typeof trade>>;

/** {@link trade} with one batch of tablets and one of opioids, each a whole parcel of the maker's. */
export async function commissioned() {
  const house = await trade();
  const { batches, maker } = house;
  const expiry = (await time.latest()) + 365 * 24 * 60 * 60;
  const tree = await treeOf();
  const opioidTree = await treeOf(batchId(OPIOID));
  await batches.connect(maker).commission({ product: TABLET, lot: LOT }, { expiry, units: UNITS, root: tree.root });
  await batches
    .connect(maker)
    .commission({ product: OPIOID, lot: LOT }, { expiry, units: UNITS, root: opioidTree.root });
  const whole: Parcel = { batch: batchId(), first: 0, count: UNITS };
  const opioids: Parcel = { batch: batchId(OPIOID), first: 0, count: UNITS };
  return { ...house, expiry, tree, opioidTree, whole, opioids };
}

/** {@link commissioned} with both parcels in the pharmacy's custody. */
export async function stocked() {
  const house = await commissioned();
  const { maker, wholesaler, pharmacy, whole, opioids } = house;
  await deliver(house, [whole, opioids], {
    from: maker,
    fromRole: "Manufacturer",
    to: wholesaler,
    toRole: "Distributor",
  });
  await deliver(house, [whole, opioids], {
    from: wholesaler,
    fromRole: "Distributor",
    to: pharmacy,
    toRole: "Pharmacy",
  });
  return house;
}

type Trader = Trade["maker"];
type Trading = Parameters<typeof roleNumber>[0];

/** A handover as the contract takes it. */
export function handover(from: Trader, fromRole: Trading, to: { address: string }, toRole: Trading) {
  return { from: from.address, fromRole: roleNumber(fromRole), to: to.address, toRole: roleNumber(toRole) };
}

/** Ships items and receives them. */
export async function deliver(
  { batches }: Pick<Trade, "batches">,
  shipped: (Parcel | Container)[],
  { from, fromRole, to, toRole }: { from: Trader; fromRole: Trading; to: Trader; toRole: Trading },
): Promise<void> {
  await batches.connect(from).ship(items(...shipped), handover(from, fromRole, to, toRole), EVIDENCE);
  await batches.connect(to).receiveItems(shipped.map(itemId), from, to, roleNumber(toRole));
}

/** The zero address, where nobody is. */
export const NOBODY = ZeroAddress;

type Tuple<T, N extends number, R extends T[] = []> = R["length"] extends N ? R : Tuple<T, N, [...R, T]>;
