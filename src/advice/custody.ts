/**
 * Advice on the errors of `BatchLedger` that are about parcels, containers and who holds them.
 *
 * @module
 */
import { AUTHORITIES, CONDITIONS, STATUSES } from "../medication/states.js";
import { roleName, wordFor, type AdviceByError } from "./words.js";

const NAME_THE_HOLDER = "Use the organisation's own account or a member's (setMember), and name the organisation.";

export const CUSTODY: AdviceByError = {
  ItemUnknown: ({ item }) => ({
    message: `There is no item ${item}: it was never made, or was split up or emptied.`,
    advice: "Name it by its key as it is now; the lineage of the batch says what became of it.",
  }),
  ItemStatusInvalid: ({ item, status }) => ({
    message: `Item ${item} cannot be used so while its status is: ${wordFor(STATUSES, status)}.`,
    advice: "Receive what is in transit, unpack what is packed, split what is opened, and recover what is missing.",
  }),
  ItemNotHeldBy: ({ item, organisation }) => ({
    message: `${organisation} does not hold item ${item}.`,
    advice: "Name the holder, or have it shipped and received first.",
  }),
  ItemNotSound: ({ item, condition }) => ({
    message: `Item ${item} is ${wordFor(CONDITIONS, condition)}.`,
    advice: "Keep it apart until it is released or cleared; it ships for returns only.",
  }),
  ConditionInvalid: ({ item, condition }) => ({
    message: `Item ${item} is ${wordFor(CONDITIONS, condition)}, which this cannot follow.`,
    advice: "Suspect an item before condemning it; what is illegitimate stays so, and what is sound needs no release.",
  }),
  AuthorityTooLow: ({ item, heldBy }) => ({
    message: `Item ${item} is not sound on the authority of its ${wordFor(AUTHORITIES, heldBy)}.`,
    advice: "Have that authority, or a regulator, change it.",
  }),
  AuthorityInvalid: ({ item, organisation, authority, caller }) => ({
    message: `${caller} does not act for ${organisation} as the ${wordFor(AUTHORITIES, authority)} of item ${item}.`,
    advice: "Name who holds it, who made all batches in it, or a licensed Regulator, and act as its staff.",
  }),
  ItemsMissing: () => ({
    message: "No items were named.",
    advice: "Name at least one parcel or container.",
  }),
  CustodyUnauthorized: ({ organisation, caller }) => ({
    message: `${caller} does not act for ${organisation}.`,
    advice: NAME_THE_HOLDER,
  }),
  PartnerInvalid: ({ organisation, role }) => ({
    message: `${organisation} holds no live licence to trade as ${roleName(role)}, or the caller does not act for it.`,
    advice:
      "Trade with live Manufacturers, Distributors, Pharmacies and Providers only, and act as your organisation's staff.",
  }),
  ConsigneeIsConsignor: ({ organisation }) => ({
    message: `${organisation} cannot ship to itself.`,
    advice: "Name the organisation that is to receive it.",
  }),
  GoodsUnsafe: ({ item }) => ({
    message: `Item ${item} is, or holds something, recalled, held, suspect, illegitimate or expired.`,
    advice: "Ship it to its manufacturer or a licensed Distributor, for return, or keep it apart.",
  }),
  ShipmentUnknown: ({ item, from, to }) => ({
    message: `Item ${item} is not on its way from ${from} to ${to}.`,
    advice: "Check both parties, and that the shipment was not received, refused or cancelled already.",
  }),
  SplitInvalid: ({ parcel, sum, count }) => ({
    message: `The parts add up to ${sum} units, and parcel ${parcel} has ${count}.`,
    advice: "Name two or more parts, none empty, that add up to the parcel.",
  }),
  ContainerInvalid: ({ container }) => ({
    message: `Container ${container} has no label, or its batches are not in ascending order.`,
    advice: "Label it with ssccLabel or sgtinLabel; the SDK puts its batches in order.",
  }),
  ContainerNotYours: ({ container, packer }) => ({
    message: `Container ${container} is ${packer}'s to pack first.`,
    advice: "Use a label of your own, with yourself as packer.",
  }),
  ContainerInItself: ({ container }) => ({
    message: `Container ${container} cannot hold itself.`,
    advice: "Leave it out of the items.",
  }),
  ContainerTooDeep: ({ container }) => ({
    message: `Container ${container} would nest more than four deep.`,
    advice: "Unpack what goes in, or pack it beside.",
  }),
  ContainerBatchMissing: ({ container, batch }) => ({
    message: `Batch ${batch} is not among those of container ${container}.`,
    advice: "Use a new container whose batches name every batch inside.",
  }),
  ItemNotInside: ({ item, container }) => ({
    message: `Item ${item} is not directly inside container ${container}.`,
    advice: "Name the container it is packed in; open outer ones first.",
  }),
};
