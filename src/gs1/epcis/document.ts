/**
 * EPCIS 2.0's JSON objects → the typed form.
 *
 * @module
 */
import { AcesoError } from "../../errors.js";
import { assertReadable, EpcisInvalidError } from "./check.js";
import type {
  BizTransaction,
  CommonEvent,
  EpcisDocument,
  EpcisEvent,
  Ilmd,
  MasterData,
  Quantity,
  TransactionStatement,
} from "./event.js";
import { extensionReader, type ExtensionReader } from "./names.js";
import { bareWord, BIZ_STEPS, DISPOSITIONS, ERROR_REASONS, PARTY_TYPES, TRANSACTION_TYPES } from "./vocabulary.js";

type Json = Record<string, unknown>;
type Party = { type: string; source: string; destination: string };
type JsonVocabulary = { type: string; vocabularyElementList?: { id: string; attributes?: Json[] }[] };

const ISO_DATE = /^\d{4}-\d\d-\d\d$/;

/**
 * The document of an EPCIS 2.0 JSON object, of type EPCISDocument or EPCISQueryDocument.
 *
 * @throws {@link UnknownEpcisRootError} when it is of another type.
 * @throws {@link EpcisInvalidError} with the paths that are not as EPCIS says.
 */
export function documentOf(data: unknown): EpcisDocument {
  const type = typeof data === "object" && data !== null && "type" in data ? data.type : undefined;
  if (type !== "EPCISDocument" && type !== "EPCISQueryDocument") throw new UnknownEpcisRootError(String(type));
  assertReadable(data, type);
  const { "@context": context, creationDate, sender, receiver, epcisHeader = {}, epcisBody } = data as Json;
  const { queryResults } = epcisBody as { queryResults?: { resultsBody: Json } };
  const { eventList, vocabularyList } = queryResults?.resultsBody ?? (epcisBody as Json);
  const path = queryResults ? "/epcisBody/queryResults/resultsBody/eventList" : "/epcisBody/eventList";
  const { epcisMasterData } = epcisHeader as { epcisMasterData?: Json };
  const vocabularies = (vocabularyList ?? epcisMasterData?.vocabularyList) as JsonVocabulary[] | undefined;
  const read = extensionReader(context);
  const statement = statementOf(epcisHeader, read);
  return {
    version: "2.0",
    created: secondsOf(creationDate as string),
    ...(sender !== undefined && { sender: sender as string }),
    ...(receiver !== undefined && { receiver: receiver as string }),
    ...(vocabularies !== undefined && { masterData: masterDataOf(vocabularies) }),
    ...(statement !== undefined && { statement }),
    events: (eventList as Json[]).map((event, place) => eventOf(event, read, `${path}/${place}`)),
  };
}

function eventOf(event: Json, read: ExtensionReader, path: string): EpcisEvent {
  const common = commonOf(event, ilmdOf(event.ilmd, read, `${path}/ilmd`));
  switch (event.type) {
    case "TransformationEvent": {
      const { transformationID, outputEPCList = [], outputQuantityList } = event;
      return {
        type: event.type,
        ...common,
        ...(transformationID !== undefined && { transformationId: transformationID as string }),
        outputs: { epcs: outputEPCList as string[], quantities: quantitiesOf(outputQuantityList) },
      };
    }
    default:
      // The schema let only the other four types through, each with its action, an association with its parent.
      return { type: event.type, ...common, action: event.action } as EpcisEvent;
  }
}

function commonOf(event: Json, ilmd: Ilmd | undefined): CommonEvent {
  const { eventID, errorDeclaration, bizStep, disposition, readPoint, bizLocation, parentID } = event;
  const { declarationTime, reason, correctiveEventIDs } = (errorDeclaration ?? {}) as Json;
  return {
    ...(eventID !== undefined && { eventId: eventID as string }),
    time: secondsOf(event.eventTime as string),
    timeText: event.eventTime as string,
    timeZoneOffset: event.eventTimeZoneOffset as string,
    ...(errorDeclaration !== undefined && {
      errorDeclaration: {
        time: secondsOf(declarationTime as string),
        ...(reason !== undefined && { reason: bareWord(ERROR_REASONS, reason as string) }),
        correctiveEventIds: (correctiveEventIDs ?? []) as string[],
      },
    }),
    ...(bizStep !== undefined && { bizStep: bareWord(BIZ_STEPS, bizStep as string) }),
    ...(disposition !== undefined && { disposition: bareWord(DISPOSITIONS, disposition as string) }),
    ...(readPoint !== undefined && { readPoint: (readPoint as { id: string }).id }),
    ...(bizLocation !== undefined && { bizLocation: (bizLocation as { id: string }).id }),
    bizTransactions: listOf<{ type?: string; bizTransaction: string }>(event.bizTransactionList).map(bizTransactionOf),
    sources: listOf<Party>(event.sourceList).map(({ type, source }) => partyOf(type, source)),
    destinations: listOf<Party>(event.destinationList).map(({ type, destination }) => partyOf(type, destination)),
    epcs: listOf<string>(event.epcList ?? event.inputEPCList),
    quantities: quantitiesOf(event.quantityList ?? event.inputQuantityList ?? event.childQuantityList),
    ...(parentID !== undefined && { parent: parentID as string }),
    children: listOf<string>(event.childEPCs),
    ...(ilmd !== undefined && { ilmd }),
  };
}

function bizTransactionOf({ type, bizTransaction }: { type?: string; bizTransaction: string }): BizTransaction {
  return { ...(type !== undefined && { type: bareWord(TRANSACTION_TYPES, type) }), id: bizTransaction };
}

function partyOf(type: string, id: string) {
  return { type: bareWord(PARTY_TYPES, type), id };
}

function quantitiesOf(list: unknown): Quantity[] {
  return listOf<Quantity>(list).map(({ epcClass, quantity, uom }) => ({
    epcClass,
    ...(quantity !== undefined && { quantity }),
    ...(uom !== undefined && { uom }),
  }));
}

function ilmdOf(ilmd: unknown, read: ExtensionReader, path: string): Ilmd | undefined {
  const lot = read(ilmd, "cbvmda", "lotNumber");
  const expiry = read(ilmd, "cbvmda", "itemExpirationDate");
  if (lot === undefined && expiry === undefined) return undefined;
  if (lot !== undefined && (typeof lot !== "string" || lot === "")) throw new EpcisInvalidError([`${path}/lotNumber`]);
  if (expiry !== undefined && !isDate(expiry)) throw new EpcisInvalidError([`${path}/itemExpirationDate`]);
  return { ...(lot !== undefined && { lot }), ...(expiry !== undefined && { expiry }) };
}

function isDate(text: unknown): text is string {
  if (typeof text !== "string" || !ISO_DATE.test(text)) return false;
  const date = new Date(`${text}T00:00:00Z`);
  // Date rolls 30 February over into March.
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
}

function statementOf(header: unknown, read: ExtensionReader): TransactionStatement | undefined {
  const statement = read(header, "gs1ushc", "dscsaTransactionStatement");
  if (statement === undefined) return undefined;
  const affirmed = read(statement, "gs1ushc", "affirmTransactionStatement");
  const legalNotice = read(statement, "gs1ushc", "legalNotice");
  return {
    affirmed: ["true", "1"].includes(String(affirmed)),
    ...(typeof legalNotice === "string" && { legalNotice }),
  };
}

function masterDataOf(vocabularies: JsonVocabulary[]): Record<string, MasterData> {
  const known = new Map<string, { vocabularies: Set<string>; attributes: Map<string, string[]> }>();
  for (const { type, vocabularyElementList = [] } of vocabularies) {
    const vocabulary = type.replace(/^(?:urn:epcglobal:epcis:vtype|epcis):/, "");
    for (const { id, attributes = [] } of vocabularyElementList) {
      const element = known.get(id) ?? { vocabularies: new Set(), attributes: new Map() };
      known.set(id, element);
      element.vocabularies.add(vocabulary);
      // An id in several vocabularies, such as a place that is also a party, has its attributes in each; the last count.
      for (const [name, values] of attributesOf(attributes)) element.attributes.set(name, values);
    }
  }
  return Object.fromEntries(
    [...known].map(([id, { vocabularies, attributes }]) => [
      id,
      { vocabularies: [...vocabularies].sort(), attributes: Object.fromEntries(attributes) },
    ]),
  );
}

function attributesOf(attributes: Json[]): Map<string, string[]> {
  const values = new Map<string, string[]>();
  for (const { id, attribute } of attributes) {
    if (typeof attribute !== "string" && typeof attribute !== "number") continue;
    const name = (id as string).replace(/^(?:urn:epcglobal:cbv:mda[#:]|cbvmda:)/, "");
    const list = values.get(name) ?? [];
    values.set(name, list);
    list.push(String(attribute));
  }
  return values;
}

function listOf<T>(list: unknown): T[] {
  return (list ?? []) as T[];
}

/** Unix seconds of a time the schema let through, fractions dropped and a leap second taken as the one before. */
function secondsOf(time: string): number {
  return Date.parse(time.replace(/\.\d+/, "").replace(/:60(?=[Z+-])/, ":59")) / 1000;
}

/** The root of a document is none EPCIS has, or one that holds no events. */
export class UnknownEpcisRootError extends AcesoError {
  override name = "UnknownEpcisRootError";
  constructor(readonly root: string) {
    super(
      `"${root.slice(0, 64)}" is neither an EPCISDocument nor an EPCISQueryDocument.`,
      "Pass a whole EPCIS document, not a single event or another message.",
    );
  }
}
