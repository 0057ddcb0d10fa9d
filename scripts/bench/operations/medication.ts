/**
 * A medicine's way: commissioned, split, packed, shipped, received, dispensed, recalled.
 *
 * @module
 */
import { roleNumber, type Role } from "../../../src/accreditation/role.js";
import type { Address } from "../../../src/crypto/address.js";
import { itemId, itemsOf, type Container, type Item, type Parcel } from "../../../src/medication/item.js";
import { participant, staffOf, type Bench } from "../bench.js";
import { commissioned, commissionOf, maker, OVER_THE_COUNTER, type BenchUnit } from "../medicines.js";
import { denseBytes, isDense } from "../hardInputs.js";
import type { Call, Operation, WrittenSlot } from "../operation.js";

/** How many parcels a batch of calls is of. */
const PARCELS = 20;

const COMMISSIONED: readonly WrittenSlot[] = [
  {
    contract: "batches",
    slot: "_batches[id]",
    kind: "fill",
    why: "maker, units, expiry, recall and hold: what makes any of its units unsafe, in one read",
  },
  { contract: "batches", slot: "rootOf[id]", kind: "fill", why: "the root of its serials, however many" },
  { contract: "batches", slot: "_custodies[parcel]", kind: "fill", why: "the maker's custody of the one parcel it is" },
];

const MOVED: WrittenSlot = {
  contract: "batches",
  slot: "_custodies[item]",
  kind: "change",
  why: "the item's custody; in transit it holds a hash of both parties, so no second slot is needed",
};

const DISPENSED: WrittenSlot = {
  contract: "batches",
  slot: "_dispensed[batch] word",
  kind: "change",
  why: "the unit's bit, so that no clone of the pack is dispensed again",
};

/** One organisation makes, trades and dispenses, and a member of its staff sends. */
export async function medicationOperations(bench: Bench): Promise<Operation[]> {
  const { interface: abi, target } = bench.contracts.batches;
  const to = target as Address;
  const organisation = await maker(bench, OVER_THE_COUNTER);
  const staff = await staffOf(bench, organisation);
  const wholesaler = await participant(bench, "Distributor");
  const receivingStaff = await staffOf(bench, wholesaler);
  const pharmacy = await participant(bench, "Pharmacy");

  const shipment = (items: readonly Item[], consignee: Address, role: Role): Call => {
    const handover = {
      from: organisation,
      fromRole: roleNumber("Manufacturer"),
      to: consignee,
      toRole: roleNumber(role),
    };
    return { from: staff, to, data: abi.encodeFunctionData("ship", [itemsOf(items), handover, denseBytes(32)]) };
  };
  const commission = (units: number) => async (): Promise<Call> => {
    const { data } = commissionOf(bench, { units });
    return { from: staff, to, data };
  };
  const parcels = async (): Promise<Parcel[]> => {
    const { whole } = await commissioned(bench, organisation, { units: PARCELS });
    const counts = Array<number>(PARCELS).fill(1);
    await bench.send({ from: staff, to, data: abi.encodeFunctionData("split", [whole, counts]) });
    return counts.map((count, first) => ({ batch: whole.batch, first, count }));
  };
  const packing = (container: Container, items: readonly Item[]): Call => {
    const data = abi.encodeFunctionData("pack", [
      { ...container, batches: [...container.batches] },
      itemsOf(items),
      organisation,
    ]);
    return { from: staff, to, data };
  };
  const pallet = async (): Promise<Container> => {
    const { whole } = await commissioned(bench, organisation, { units: 1 });
    let container: Container;
    do container = { packer: organisation, label: denseBytes(32), batches: [whole.batch] };
    while (!isDense(itemId(container)));
    await bench.send(packing(container, [whole]));
    return container;
  };
  const dispensing = (unit: BenchUnit): Call => {
    return { from: staff, to, data: abi.encodeFunctionData("dispense", [unit]) };
  };

  return [
    { name: "medication.commission", slots: COMMISSIONED, next: commission(1_000_000) },
    { name: "medication.commission1000", slots: COMMISSIONED, next: commission(1_000) },
    { name: "medication.commission1", slots: COMMISSIONED, next: commission(1) },
    {
      name: "medication.split",
      batch: PARCELS,
      slots: [{ contract: "batches", slot: "_custodies[part]", kind: "fill", why: "each part is a parcel of its own" }],
      sharedSlots: [
        { contract: "batches", slot: "_custodies[parcel]", kind: "clear", why: "the parcel that was split is no more" },
      ],
      next: async () => {
        const { whole } = await commissioned(bench, organisation, { units: PARCELS });
        const data = abi.encodeFunctionData("split", [whole, Array<number>(PARCELS).fill(1)]);
        return { from: staff, to, data };
      },
    },
    {
      name: "medication.pack",
      batch: PARCELS,
      slots: [
        { contract: "batches", slot: "_custodies[item]", kind: "change", why: "the item points to its container" },
      ],
      sharedSlots: [
        {
          contract: "batches",
          slot: "_custodies[container]",
          kind: "fill",
          why: "the container's custody stands for all that is inside",
        },
      ],
      next: async () => {
        const inside = await parcels();
        return packing({ packer: organisation, label: denseBytes(32), batches: [inside[0]!.batch] }, inside);
      },
    },
    {
      name: "medication.ship",
      slots: [MOVED],
      next: async () => shipment([await pallet()], wholesaler, "Distributor"),
    },
    {
      name: "medication.shipToPharmacy",
      slots: [MOVED],
      next: async () => shipment([await pallet()], pharmacy, "Pharmacy"),
    },
    {
      name: "medication.shipParcels",
      batch: PARCELS,
      slots: [MOVED],
      next: async () => shipment(await parcels(), wholesaler, "Distributor"),
    },
    {
      name: "medication.receive",
      slots: [MOVED],
      next: async () => {
        const item = await pallet();
        await bench.send(shipment([item], wholesaler, "Distributor"));
        const role = roleNumber("Distributor");
        const data = abi.encodeFunctionData("receiveItems", [[itemId(item)], organisation, wholesaler, role]);
        return { from: receivingStaff, to, data };
      },
    },
    {
      name: "medication.dispense",
      slots: [DISPENSED],
      next: async () => {
        const { unit } = await commissioned(bench, organisation, { units: 2 });
        await bench.send(dispensing(unit(0)));
        return dispensing(unit(1));
      },
    },
    {
      name: "medication.dispenseFirst",
      slots: [
        { ...DISPENSED, kind: "fill" },
        {
          contract: "batches",
          slot: "_custodies[parcel]",
          kind: "change",
          why: "an opened parcel does not move on, so nobody else takes its dispensed units back to stock",
        },
      ],
      next: async () => dispensing((await commissioned(bench, organisation, { units: 1 })).unit(0)),
    },
    {
      name: "medication.recall",
      slots: [
        {
          contract: "batches",
          slot: "_batches[id]",
          kind: "change",
          why: "class, depth and state of the recall, read whenever a unit is shipped, dispensed or verified",
        },
      ],
      next: async () => {
        const { data, id } = commissionOf(bench, { units: 1_000_000 });
        await bench.send({ from: organisation, to, data });
        return { from: staff, to, data: abi.encodeFunctionData("recall", [id, organisation, 3, 2, denseBytes(32)]) };
      },
    },
  ];
}
