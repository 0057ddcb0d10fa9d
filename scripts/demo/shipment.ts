/**
 * A shipment as manufacturers tell of it: an EPCIS 1.2 document in the form of GS1 US's pharmaceutical guideline.
 *
 * @module
 */

/** Who takes part, by the location numbers in the document. */
export const MANUFACTURER = "urn:epc:id:sgln:0614141.00001.0";
export const WHOLESALER = "urn:epc:id:sgln:0614142.00002.0";

/** When the document was made, and where the demo's chain begins. */
export const SHIPPED_ON = "2026-03-30";

/** What is shipped: a product by its GTIN, its lot, and when the lot expires. */
export const GTIN = "00614141123452";
export const PRODUCT = `gtin:${GTIN}`;
export const LOT = "LEV2603";
export const EXPIRES_ON = "2028-03-31";

/** The pallet, and the cases on it by the GTIN and serial of each. */
export const PALLET = "106141410000000019";
export const CASES = ["C1", "C2", "C3"].map((serial) => ({ gtin: "10614141123459", serial }));

const PACKS_A_CASE = 4;
const CASE_CLASS = "urn:epc:id:sgtin:0614141.112345";
const PACK_CLASS = "urn:epc:id:sgtin:0614141.012345";
const PALLET_EPC = "urn:epc:id:sscc:0614141.1000000001";

/** The serial numbers of a case's packs. */
export function packsOf(place: number): string[] {
  return Array.from({ length: PACKS_A_CASE }, (_, pack) => `P${place + 1}${pack + 1}`);
}

/** The document: twelve packs commissioned, packed into three cases on a pallet, and shipped. */
export function shipmentDocument(): string {
  const packs = CASES.flatMap((_, place) => packsOf(place)).map((serial) => `${PACK_CLASS}.${serial}`);
  const cases = CASES.map(({ serial }) => `${CASE_CLASS}.${serial}`);
  const events = [
    commissioning(packs, "06:00"),
    commissioning(cases, "06:05"),
    ...cases.map((parent, place) =>
      packing(
        parent,
        packsOf(place).map((serial) => `${PACK_CLASS}.${serial}`),
        `06:1${place}`,
      ),
    ),
    packing(PALLET_EPC, cases, "06:30"),
    shipping("07:00"),
  ];
  return `<?xml version="1.0" encoding="UTF-8"?>
<epcis:EPCISDocument xmlns:epcis="urn:epcglobal:epcis:xsd:1" xmlns:cbvmda="urn:epcglobal:cbv:mda"
    schemaVersion="1.2" creationDate="${SHIPPED_ON}T07:00:00Z">
  <EPCISBody><EventList>${events.join("")}</EventList></EPCISBody>
</epcis:EPCISDocument>`;
}

function commissioning(epcs: readonly string[], time: string): string {
  return `<ObjectEvent>${when(time)}<epcList>${list(epcs)}</epcList><action>ADD</action>${step("commissioning", "active")}
    <extension><ilmd><cbvmda:lotNumber>${LOT}</cbvmda:lotNumber>
      <cbvmda:itemExpirationDate>${EXPIRES_ON}</cbvmda:itemExpirationDate></ilmd></extension></ObjectEvent>`;
}

function packing(parent: string, children: readonly string[], time: string): string {
  return `<AggregationEvent>${when(time)}<parentID>${parent}</parentID><childEPCs>${list(children)}</childEPCs>
    <action>ADD</action>${step("packing", "in_progress")}</AggregationEvent>`;
}

function shipping(time: string): string {
  return `<ObjectEvent>${when(time)}<epcList>${list([PALLET_EPC])}</epcList><action>OBSERVE</action>
    ${step("shipping", "in_transit")}<extension>
      <sourceList><source type="urn:epcglobal:cbv:sdt:owning_party">${MANUFACTURER}</source></sourceList>
      <destinationList><destination type="urn:epcglobal:cbv:sdt:owning_party">${WHOLESALER}</destination></destinationList>
    </extension></ObjectEvent>`;
}

function when(time: string): string {
  return `<eventTime>${SHIPPED_ON}T${time}:00Z</eventTime><eventTimeZoneOffset>+00:00</eventTimeZoneOffset>`;
}

function step(bizStep: string, disposition: string): string {
  return `<bizStep>urn:epcglobal:cbv:bizstep:${bizStep}</bizStep>
    <disposition>urn:epcglobal:cbv:disp:${disposition}</disposition>
    <readPoint><id>${MANUFACTURER}</id></readPoint><bizLocation><id>${MANUFACTURER}</id></bizLocation>`;
}

function list(epcs: readonly string[]): string {
  return epcs.map((epc) => `<epc>${epc}</epc>`).join("");
}
