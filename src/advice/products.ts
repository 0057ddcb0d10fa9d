/**
 * Advice on the errors of `ProductRegistry`.
 *
 * @module
 */
import { AVAILABILITIES } from "../medication/codes.js";
import { ASK_ACCREDITOR, date, productName, wordFor, type AdviceByError } from "./words.js";

export const PRODUCTS: AdviceByError = {
  ProductUnauthorized: ({ product, organisation, caller }) => ({
    message: `${caller} does not act for ${organisation} as a Regulator, or as the manufacturer of ${productName(product)}.`,
    advice: "The regulator needs a live licence, and the caller a live membership of its staff.",
  }),
  ProductIdZero: () => ({
    message: "The product has no identifier.",
    advice: "Make it with productId, such as from gtin: and 14 digits.",
  }),
  ProductUnknown: ({ product }) => ({
    message: `Product ${productName(product)} was never authorised.`,
    advice: "Check the product's number; a regulator authorises it first.",
  }),
  ProductEndPast: ({ until }) => ({
    message: `An authorisation cannot end at ${date(until)}, which is not in the future.`,
    advice: "Choose an end in the future, or withdraw the product.",
  }),
  ProductManufacturerUnlicensed: ({ manufacturer }) => ({
    message: `${manufacturer} holds no live Manufacturer licence.`,
    advice: ASK_ACCREDITOR,
  }),
  ProductNeedsPrescription: ({ product }) => ({
    message: `Product ${productName(product)} is investigational, so it cannot go without prescription.`,
    advice: "Authorise it as prescription-only.",
  }),
  AvailabilityEndInvalid: ({ availability, expectedEnd }) => ({
    message: `A product that is ${wordFor(AVAILABILITIES, availability)} is not expected back at ${date(expectedEnd)}.`,
    advice: "Name a future end of a shortage (limited or unavailable), or leave it out.",
  }),
};
