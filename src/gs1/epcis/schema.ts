/**
 * A JSON schema of what this package reads of EPCIS 2.0's JSON binding (EPCIS 2.0, sections 7.4 and 10). What it does
 * not read, such as sensor data and extensions, it lets be.
 *
 * @module
 */
import { BIZ_STEPS, DISPOSITIONS, ERROR_REASONS, PARTY_TYPES, TRANSACTION_TYPES, wordSchema } from "./vocabulary.js";

const uri = { type: "string", format: "uri" };
const time = {
  type: "string",
  format: "date-time",
  pattern: "^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(?:\\.\\d+)?(?:Z|[+-]\\d\\d:\\d\\d)$",
};
const place = { type: "object", required: ["id"], properties: { id: uri } };
const uris = { type: "array", uniqueItems: true, items: uri };
const quantities = {
  type: "array",
  items: {
    type: "object",
    required: ["epcClass"],
    properties: { epcClass: uri, quantity: { type: "number" }, uom: { type: "string", pattern: "^[A-Z0-9]{2,3}$" } },
  },
};
const bizTransactions = {
  type: "array",
  items: {
    type: "object",
    required: ["bizTransaction"],
    properties: { type: wordSchema(TRANSACTION_TYPES), bizTransaction: uri },
  },
};
const action = { type: "string", enum: ["ADD", "OBSERVE", "DELETE"] };

const parties = (name: "source" | "destination") => ({
  type: "array",
  items: { type: "object", required: ["type", name], properties: { type: wordSchema(PARTY_TYPES), [name]: uri } },
});

const anyOf = (...lists: string[]) => ({
  anyOf: lists.map((list) => ({ required: [list], properties: { [list]: { type: "array", minItems: 1 } } })),
});

const common = {
  eventID: uri,
  eventTime: time,
  eventTimeZoneOffset: { type: "string", pattern: "^[+-](?:(?:0\\d|1[0-3]):[0-5]\\d|14:00)$" },
  errorDeclaration: {
    type: "object",
    required: ["declarationTime"],
    properties: { declarationTime: time, reason: wordSchema(ERROR_REASONS), correctiveEventIDs: uris },
  },
  bizStep: wordSchema(BIZ_STEPS),
  disposition: wordSchema(DISPOSITIONS),
  readPoint: place,
  bizLocation: place,
  bizTransactionList: bizTransactions,
  sourceList: parties("source"),
  destinationList: parties("destination"),
  ilmd: { type: "object" },
};

const event = (type: string, required: string[], properties: object, rules: object = {}) => ({
  required: ["eventTime", "eventTimeZoneOffset", ...required],
  properties: { type: { const: type }, ...common, ...properties },
  ...rules,
});

const family = { parentID: uri, childEPCs: uris, childQuantityList: quantities, action };
// Only a DELETE may leave its children unnamed: it means all of them.
const namesChildren = {
  if: { properties: { action: { enum: ["ADD", "OBSERVE"] } } },
  then: anyOf("childEPCs", "childQuantityList"),
};
const inputs = anyOf("inputEPCList", "inputQuantityList");
const outputs = anyOf("outputEPCList", "outputQuantityList");

const events = {
  type: "array",
  items: {
    type: "object",
    required: ["type"],
    discriminator: { propertyName: "type" },
    oneOf: [
      event(
        "ObjectEvent",
        ["action"],
        { epcList: uris, quantityList: quantities, action },
        // Lot and expiry are given to objects when these begin, and then never change (EPCIS 2.0, 7.3.8).
        { if: { required: ["ilmd"] }, then: { properties: { action: { const: "ADD" } } } },
      ),
      event("AggregationEvent", ["action"], family, {
        if: { properties: { action: { enum: ["ADD", "DELETE"] } } },
        then: { required: ["parentID"] },
        allOf: [namesChildren],
      }),
      event("TransactionEvent", ["action", "bizTransactionList"], {
        parentID: uri,
        epcList: uris,
        quantityList: quantities,
        action,
        bizTransactionList: { ...bizTransactions, minItems: 1 },
      }),
      event(
        "TransformationEvent",
        [],
        {
          inputEPCList: uris,
          inputQuantityList: quantities,
          outputEPCList: uris,
          outputQuantityList: quantities,
          transformationID: uri,
        },
        // One side is enough only where an identifier joins it to an event with the other.
        {
          if: { required: ["transformationID"] },
          then: { anyOf: [inputs, outputs] },
          else: { allOf: [inputs, outputs] },
        },
      ),
      event("AssociationEvent", ["action", "parentID"], family, namesChildren),
    ],
  },
};

const vocabularies = {
  type: "array",
  items: {
    type: "object",
    required: ["type"],
    properties: {
      type: uri,
      vocabularyElementList: {
        type: "array",
        items: {
          type: "object",
          required: ["id"],
          properties: {
            id: uri,
            attributes: { type: "array", items: { type: "object", required: ["id"], properties: { id: uri } } },
          },
        },
      },
    },
  },
};

const root = (body: object) => ({
  type: "object",
  required: ["@context", "schemaVersion", "creationDate", "epcisBody"],
  properties: {
    "@context": { type: ["string", "array", "object"] },
    schemaVersion: { type: "string", pattern: "^2(?:\\.\\d+)*$" },
    creationDate: time,
    sender: { type: "string" },
    receiver: { type: "string" },
    epcisHeader: {
      type: "object",
      properties: { epcisMasterData: { type: "object", properties: { vocabularyList: vocabularies } } },
    },
    epcisBody: body,
  },
});

const within = (name: string, schema: object) => ({
  type: "object",
  required: [name],
  properties: { [name]: schema },
});

/** The schema of each kind of document, by its `type`. */
export const SCHEMAS = {
  EPCISDocument: root(within("eventList", events)),
  EPCISQueryDocument: root(
    within(
      "queryResults",
      within("resultsBody", {
        ...within("eventList", events),
        properties: { eventList: events, vocabularyList: vocabularies },
      }),
    ),
  ),
};
