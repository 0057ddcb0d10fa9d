/**
 * Advice on the errors of `BatchLedger` that are about whole batches.
 *
 * @module
 */
import { RECALL_CLASSES, RECALL_DEPTHS, RECALL_STATUSES } from "../medication/states.js";
import { date, productName, wordFor, type AdviceByError } from "./words.js";

export const BATCHES: AdviceByError = {
  BatchManufacturerInvalid: ({ product, manufacturer, caller }) => ({
    message: `Product ${productName(product)} is authorised to ${manufacturer}, for which ${caller} may not act as Manufacturer.`,
    advice: "The manufacturer needs a live licence, and the caller a live membership of its staff.",
  }),
  BatchProductUnauthorised: ({ product }) => ({
    message: `Product ${productName(product)} is not authorised now.`,
    advice: "Check the product's number, or ask the regulator to authorise it.",
  }),
  BatchExists: ({ id }) => ({
    message: `Batch ${id} is commissioned already.`,
    advice: "Give the batch a lot number of its own; a product's lot is commissioned once.",
  }),
  BatchUnknown: ({ id }) => ({
    message: `Batch ${id} was never commissioned.`,
    advice: "Check product and lot; if they are on a pack, suspect it.",
  }),
  BatchLotZero: () => ({
    message: "The batch has no lot number.",
    advice: "Name the lot: 1 to 20 characters.",
  }),
  BatchEmpty: ({ units }) => ({
    message: `A batch of ${units} units with this root cannot be commissioned.`,
    advice: "Build the serial tree of at least one unit with buildTree.",
  }),
  BatchExpired: ({ id, expiry }) => ({
    message: `Batch ${id} is expired from ${date(expiry)} on.`,
    advice: "Do not dispense it; to commission it, check that the expiry is in Unix seconds, and in the future.",
  }),
  BatchIsRecalled: ({ id }) => ({
    message: `Batch ${id} is recalled.`,
    advice: "Do not dispense it: set it apart, and send it back to its manufacturer or a Distributor.",
  }),
  BatchIsHeld: ({ id }) => ({
    message: `A regulator holds batch ${id}.`,
    advice: "Do not dispense it until a regulator releases it (releaseBatch).",
  }),
  BatchHoldUnchanged: ({ id, held }) => ({
    message: `Batch ${id} is ${held ? "held" : "not held"} already.`,
    advice: "There is nothing to do.",
  }),
  BatchUnauthorized: ({ id, organisation, caller }) => ({
    message: `${caller} acts neither for the manufacturer of batch ${id} nor for a licensed regulator as ${organisation}.`,
    advice: "Only its manufacturer recalls a batch, or a regulator with a live licence; all else is the regulator's.",
  }),
  RecallLowered: ({ recallClass, recallDepth }) => ({
    message: `A manufacturer cannot lower a recall to class ${wordFor(RECALL_CLASSES, recallClass)}, ${wordFor(RECALL_DEPTHS, recallDepth)} depth.`,
    advice: "Name the class and depth of the recall, or higher ones; only a regulator lowers them.",
  }),
  RecallMissing: ({ id, status }) => ({
    message: `The recall of batch ${id} is not one that could end so (status: ${wordFor(RECALL_STATUSES, status)}).`,
    advice: "Check the batch: an ongoing recall is terminated, and any recall may be rescinded, once.",
  }),
};
