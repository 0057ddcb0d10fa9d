/**
 * EPCIS documents, written in the JSON-LD form of EPCIS 2.0.
 *
 * @module
 */
import type { EpcisDocument, EpcisEvent, ErrorDeclaration, Ilmd, MasterData, Quantity } from "./event.js";
import { NAMESPACES } from "./names.js";

type Json = Record<string, unknown>;

const CONTEXT = "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld";

/**
 * An EPCIS 2.0 document as a JSON-LD object. Reading it again gives the same events.
 *
 * @example
 * JSON.stringify(writeEpcis(parseEpcis(xmlOfAPartner)));
 */
export function writeEpcis({ created, sender, receiver, masterData, statement, events }: EpcisDocument): Json {
  const header = {
    ...(masterData && { epcisMasterData: { vocabularyList: vocabulariesOf(masterData) } }),
    ...(statement && {
      "gs1ushc:dscsaTransactionStatement": defined({
        "gs1ushc:affirmTransactionStatement": statement.affirmed,
        "gs1ushc:legalNotice": statement.legalNotice,
      }),
    }),
  };
  return defined({
    "@context": [
      CONTEXT,
      { cbvmda: `${NAMESPACES.cbvmda}:` },
      // A prefix that ends in a letter has to say it is one (JSON-LD 1.1, 9.15.1).
      { gs1ushc: { "@id": NAMESPACES.gs1ushc, "@prefix": true } },
    ],
    type: "EPCISDocument",
    schemaVersion: "2.0",
    creationDate: timeOf(created),
    sender,
    receiver,
    epcisHeader: Object.keys(header).length > 0 ? header : undefined,
    epcisBody: { eventList: events.map(jsonOf) },
  });
}

function jsonOf(event: EpcisEvent): Json {
  return defined({
    type: event.type,
    eventID: event.eventId,
    eventTime: event.timeText,
    eventTimeZoneOffset: event.timeZoneOffset,
    errorDeclaration: event.errorDeclaration && errorOf(event.errorDeclaration),
    ...objectsOf(event),
    bizStep: event.bizStep,
    disposition: event.disposition,
    readPoint: event.readPoint === undefined ? undefined : { id: event.readPoint },
    bizLocation: event.bizLocation === undefined ? undefined : { id: event.bizLocation },
    bizTransactionList: filled(event.bizTransactions.map(({ type, id }) => defined({ type, bizTransaction: id }))),
    sourceList: filled(event.sources.map(({ type, id }) => ({ type, source: id }))),
    destinationList: filled(event.destinations.map(({ type, id }) => ({ type, destination: id }))),
    ilmd: event.ilmd && ilmdOf(event.ilmd),
  });
}

function objectsOf(event: EpcisEvent): Json {
  switch (event.type) {
    case "ObjectEvent":
      // The list may be empty, but not missing, where quantities are.
      return { action: event.action, epcList: event.epcs, quantityList: filled(event.quantities) };
    case "TransactionEvent":
      return {
        action: event.action,
        parentID: event.parent,
        epcList: event.epcs,
        quantityList: filled(event.quantities),
      };
    case "AggregationEvent":
    case "AssociationEvent":
      return {
        action: event.action,
        parentID: event.parent,
        childEPCs: filled(event.children),
        childQuantityList: filled(event.quantities),
      };
    case "TransformationEvent":
      return {
        transformationID: event.transformationId,
        inputEPCList: filled(event.epcs),
        inputQuantityList: filled(event.quantities),
        outputEPCList: filled(event.outputs.epcs),
        outputQuantityList: filled<Quantity>(event.outputs.quantities),
      };
  }
}

function errorOf({ time, reason, correctiveEventIds }: ErrorDeclaration): Json {
  return defined({ declarationTime: timeOf(time), reason, correctiveEventIDs: filled(correctiveEventIds) });
}

function ilmdOf({ lot, expiry }: Ilmd): Json {
  return defined({ "cbvmda:lotNumber": lot, "cbvmda:itemExpirationDate": expiry });
}

function vocabulariesOf(masterData: Record<string, MasterData>): Json[] {
  const elements = new Map<string, Json[]>();
  for (const [id, { vocabularies, attributes }] of Object.entries(masterData)) {
    const list = Object.entries(attributes).flatMap(([name, values]) =>
      values.map((attribute) => ({ id: name.includes(":") ? name : `cbvmda:${name}`, attribute })),
    );
    for (const vocabulary of vocabularies) {
      const known = elements.get(vocabulary) ?? [];
      elements.set(vocabulary, known);
      known.push({ id, attributes: list });
    }
  }
  return [...elements].map(([vocabulary, vocabularyElementList]) => ({
    type: vocabulary.includes(":") ? vocabulary : `urn:epcglobal:epcis:vtype:${vocabulary}`,
    vocabularyElementList,
  }));
}

function timeOf(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace(".000Z", "Z");
}

function filled<T>(list: T[]): T[] | undefined {
  return list.length > 0 ? list : undefined;
}

function defined(members: Json): Json {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
}
